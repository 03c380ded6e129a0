import { createHash } from "node:crypto";
import FC from "@alicloud/fc2";
import pRetry from "p-retry";
import type { Clock } from "../clock.ts";
import type { CredentialSource } from "../credentials.ts";
import type { Log } from "../log.ts";
import { fullJitter } from "../retry/full-jitter.ts";
import { WORKER_BATCH, type WorkerInvoker, type WorkerPayload } from "./worker-invoker.ts";

const CALL_TIMEOUT_MS = 5_000;
/** Few: the due rows are what makes sure, this only saves a minute. */
const RETRIES = 2;
const BACKOFF = { baseMs: 100, capMs: 1_000 };
/** `x-fc-async-delay` takes 0 to 3600 seconds (Function Compute, "Asynchronous invocation"). */
const MAX_DELAY_SECONDS = 3_600;
const VERSION_3 = "2023-03-30";

interface Fc2Options {
	readonly accountId: string;
	readonly region: string;
	/** With scheme; absent: the region's public endpoint. */
	readonly endpoint?: string;
	/** `name` of a 3.0 function, or `service/name` of a 2.0 one. */
	readonly workerFunction: string;
	readonly credentials: CredentialSource;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
}

/**
 * The worker through npm `@alicloud/fc2`, which speaks the 2.0 API; for 3.0
 * functions the same client takes the newer version and path.
 */
class Fc2WorkerInvoker implements WorkerInvoker {
	readonly #options: Fc2Options;
	#client: { readonly fc: FC; readonly signedWith: string } | undefined;

	constructor(options: Fc2Options) {
		this.#options = options;
	}

	async wake(commandIds: readonly string[], occasion: string, delayMs = 0): Promise<boolean> {
		const batches: string[][] = [];
		for (let start = 0; start < commandIds.length; start += WORKER_BATCH) {
			batches.push(commandIds.slice(start, start + WORKER_BATCH));
		}
		const taken = await Promise.all(batches.map((ids) => this.#invoke(ids, occasion, delayMs)));
		return taken.every(Boolean);
	}

	async #invoke(commands: string[], occasion: string, delayMs: number): Promise<boolean> {
		const { clock, random, log } = this.#options;
		const payload: WorkerPayload = { commands };
		try {
			await pRetry(() => this.#post(payload, taskId(commands, occasion), delayMs), {
				retries: RETRIES,
				minTimeout: 0,
				shouldRetry: ({ error }) => worthRetrying(error),
				onFailedAttempt: ({ attemptNumber, retriesLeft }) =>
					retriesLeft === 0 ? undefined : clock.sleep(fullJitter(attemptNumber, BACKOFF, random)),
			});
			return true;
		} catch (error) {
			const { code, message } = error as { code?: string; message?: string };
			log.warn("the worker was not invoked; the commands' due rows will bring them back", {
				commands: commands.length,
				code,
				error: message,
			});
			return false;
		}
	}

	async #post(payload: WorkerPayload, task: string, delayMs: number): Promise<void> {
		const { workerFunction } = this.#options;
		const [service, name] = workerFunction.includes("/")
			? workerFunction.split("/")
			: [undefined, workerFunction];
		const delaySeconds = Math.min(MAX_DELAY_SECONDS, Math.ceil(delayMs / 1000));
		const headers: Record<string, string> = {
			"x-fc-invocation-type": "Async",
			[service ? "x-fc-stateful-async-invocation-id" : "x-fc-async-task-id"]: task,
			...(delaySeconds > 0 ? { "x-fc-async-delay": String(delaySeconds) } : {}),
		};
		const body = Buffer.from(JSON.stringify(payload));
		const client = this.#fc();
		try {
			if (service) {
				await client.invokeFunction(service, name ?? "", body, headers, "LATEST");
			} else {
				client.version = VERSION_3;
				await client.post(`/functions/${name}/invocations`, body, headers, {});
			}
		} catch (error) {
			if (!isDuplicate(error)) throw error;
		}
	}

	#fc(): FC {
		const { accountId, region, endpoint, credentials } = this.#options;
		const { accessKeyId, accessKeySecret, securityToken } = credentials();
		const signedWith = `${accessKeyId} ${securityToken ?? ""}`;
		if (this.#client?.signedWith !== signedWith) {
			const fc = new FC(accountId, {
				accessKeyID: accessKeyId,
				accessKeySecret,
				...(securityToken ? { securityToken } : {}),
				region,
				// Its default is plain http.
				secure: true,
				timeout: CALL_TIMEOUT_MS,
				...(endpoint ? { endpoint } : {}),
			});
			this.#client = { fc, signedWith };
		}
		return this.#client.fc;
	}
}

/** Task ids match [A-Za-z_][\w-]* and have at most 128 characters. */
function taskId(commands: readonly string[], occasion: string): string {
	const hash = createHash("sha256").update(JSON.stringify([occasion, commands]));
	return `w${hash.digest("hex").slice(0, 40)}`;
}

/** The task was taken before: exactly what was wanted. */
function isDuplicate(error: unknown): boolean {
	const { code, message } = error as { code?: string; message?: string };
	return /AlreadyExist/.test(code ?? "") || /failed with 409\b/.test(message ?? "");
}

/** Refusals for good are not worth it; throttling, network failures and answers without a code are. */
function worthRetrying(error: unknown): boolean {
	const { message } = error as { message?: string };
	const status = Number(/failed with (\d{3})\b/.exec(message ?? "")?.[1] ?? 500);
	return status === 429 || status >= 500;
}

/** The worker that the configuration names. */
export function openWorker(
	settings: {
		readonly FC_ACCOUNT_ID: string;
		readonly FC_REGION: string;
		readonly FC_ENDPOINT?: string | undefined;
		readonly WORKER_FUNCTION: string;
	},
	deps: Pick<Fc2Options, "credentials" | "clock" | "random" | "log">,
): WorkerInvoker {
	return new Fc2WorkerInvoker({
		accountId: settings.FC_ACCOUNT_ID,
		region: settings.FC_REGION,
		...(settings.FC_ENDPOINT ? { endpoint: settings.FC_ENDPOINT } : {}),
		workerFunction: settings.WORKER_FUNCTION,
		...deps,
	});
}
