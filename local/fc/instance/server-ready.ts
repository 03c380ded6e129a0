import { connect } from "node:net";
import { systemClock } from "../../clock/clock.ts";
import type { HealthCheck } from "../../stack/index.ts";
import { readAll, type ServerConnection } from "./server-connection.ts";

/** A server has to listen within 120 s ("Custom runtimes, Principles"). */
const START_LIMIT_MS = 120_000;
const FIRST_PAUSE_MS = 5;
const MAX_PAUSE_MS = 50;

/**
 * Resolves as soon as the server takes connections and passes its health check;
 * with a reason if it does not in time. Processes start in real time, whatever
 * the local cloud's clock says.
 */
export async function serverReady(
	connection: ServerConnection,
	healthCheck: HealthCheck | undefined,
	hasEnded: () => boolean,
): Promise<"ready" | { readonly reason: string }> {
	const until = systemClock.now() + START_LIMIT_MS;
	let pauseMs = FIRST_PAUSE_MS;
	while (!(await accepts(connection.port))) {
		if (hasEnded()) return { reason: "the process ended before its server listened" };
		if (systemClock.now() > until) {
			return {
				reason: `no server listened on port ${connection.port} within ${START_LIMIT_MS} ms`,
			};
		}
		await systemClock.sleep(pauseMs);
		pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 1.2);
	}
	return healthCheck ? healthy(connection, healthCheck, hasEnded) : "ready";
}

async function healthy(
	connection: ServerConnection,
	check: HealthCheck,
	hasEnded: () => boolean,
): Promise<"ready" | { readonly reason: string }> {
	await systemClock.sleep(check.initialDelaySeconds * 1_000);
	let failures = 0;
	let successes = 0;
	while (successes < check.successThreshold) {
		if (hasEnded()) return { reason: "the process ended before its health check succeeded" };
		if (await answersWell(connection, check)) {
			successes++;
			failures = 0;
		} else {
			successes = 0;
			if (++failures >= check.failureThreshold) {
				return { reason: `the health check ${check.path} failed ${failures} times` };
			}
		}
		if (successes < check.successThreshold) await systemClock.sleep(check.periodSeconds * 1_000);
	}
	return "ready";
}

async function answersWell(connection: ServerConnection, check: HealthCheck): Promise<boolean> {
	const controller = new AbortController();
	const cancel = systemClock.after(check.timeoutSeconds * 1_000, () => controller.abort());
	try {
		const { signal } = controller;
		const answer = await connection.send({ method: "GET", path: check.path, headers: {}, signal });
		await readAll(answer);
		return (answer.statusCode ?? 0) >= 200 && (answer.statusCode ?? 0) < 400;
	} catch {
		return false;
	} finally {
		cancel();
	}
}

function accepts(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ port, host: "127.0.0.1" });
		socket.once("connect", () => {
			socket.destroy();
			resolve(true);
		});
		socket.once("error", () => resolve(false));
	});
}
