import { connect } from "node:net";

/** Nothing is to take longer than this. */
const HANG_MS = 10_000;

export interface Tally {
	requests: number;
	/** Answers by the first digit of their status. */
	readonly answers: Map<string, number>;
	/** Connections that the server ended without an answer to what was last sent. */
	closed: number;
	/** Connections on which nothing came for HANG_MS. */
	hangs: number;
}

export const newTally = (): Tally => ({ requests: 0, answers: new Map(), closed: 0, hangs: 0 });

interface Target {
	readonly host: string;
	readonly port: number;
}

export function targetOf(url: string): Target {
	const { hostname, port } = new URL(url.replace("mqtt:", "http:"));
	return { host: hostname, port: Number(port) };
}

/**
 * One connection: writes the bytes, which hold so many requests, and ends its
 * side. Resolves when the server has ended its own.
 */
export function volley(
	target: Target,
	bytes: Buffer,
	requests: number,
	tally: Tally,
): Promise<void> {
	return new Promise((resolve) => {
		const socket = connect(target.port, target.host);
		let answers = 0;
		let rest = "";
		tally.requests += requests;
		socket.setTimeout(HANG_MS, () => {
			tally.hangs++;
			socket.destroy();
		});
		socket.on("data", (chunk: Buffer) => {
			// A status line may be cut in two; what is kept is shorter than one.
			const text = rest + chunk.toString("latin1");
			for (const [, status = ""] of text.matchAll(/HTTP\/1\.1 (\d)\d\d /g)) {
				answers++;
				tally.answers.set(status, (tally.answers.get(status) ?? 0) + 1);
			}
			rest = text.slice(-"HTTP/1.1 200".length);
		});
		socket.on("error", () => {});
		socket.on("close", () => {
			if (answers === 0) tally.closed++;
			resolve();
		});
		socket.end(bytes);
	});
}
