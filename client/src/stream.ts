import { ThingcastError } from "./error.ts";
import { either, type Transport } from "./transport.ts";

export interface StreamEvent<T> {
	/** Where to go on: `lastEventId`. */
	readonly id: string;
	readonly event: string;
	readonly data: T;
}

export interface StreamOptions {
	/** The `id` of the last event that was seen; what came after it is told first. */
	readonly lastEventId?: string;
	readonly signal?: AbortSignal;
	/** A connection without a byte for so long is taken for dead. @default 60_000 */
	readonly idleMs?: number;
}

const RECONNECT_MS = 1_000;
/** About three quarters of a minute: a deployment may take that long. */
const CONNECT_ATTEMPTS = 20;

/**
 * Server-sent events (WHATWG HTML, section 9.2), connected again wherever they
 * break off, at the event after the last one. Ends by `break`, by the signal
 * (with its reason) or by an answer that will not get better (ThingcastError).
 */
export async function* streamEvents<T>(
	transport: Transport,
	path: string,
	query: object,
	{ lastEventId: id = "", idleMs = 60_000, ...options }: StreamOptions,
): AsyncGenerator<StreamEvent<T>, void> {
	const signal = either(options.signal, transport.signal);
	let reconnectMs = RECONNECT_MS;
	for (;;) {
		const dead = new AbortController();
		const headers = { accept: "text/event-stream", ...(id ? { "last-event-id": id } : {}) };
		const call = {
			query,
			headers,
			signal: either(dead.signal, signal),
			endless: true,
			attempts: CONNECT_ATTEMPTS,
		};
		let timer = setTimeout(() => dead.abort(), idleMs);
		try {
			const response = await transport.open("GET", path, call, (answer) => answer);
			const type = response.headers.get("content-type") ?? "";
			if (!type.startsWith("text/event-stream")) throw noStream(path, type);
			const reader = response.body?.getReader();
			const decoder = new TextDecoder();
			let rest = "";
			// Its LF may be the next chunk's first byte.
			let afterCr = false;
			let event = "message";
			let data: string[] = [];
			for (;;) {
				const chunk = await reader?.read();
				if (!chunk || chunk.done) break;
				clearTimeout(timer);
				timer = setTimeout(() => dead.abort(), idleMs);
				let text = decoder.decode(chunk.value, { stream: true });
				if (afterCr && text.startsWith("\n")) text = text.slice(1);
				afterCr = text ? text.endsWith("\r") : afterCr;
				const lines = (rest + text).split(/\r\n|\n|\r/);
				rest = lines.pop() ?? "";
				for (const line of lines) {
					const [, field, value = ""] = /^(\w+)(?:: ?(.*))?$/.exec(line) ?? [];
					if (field === "data") data.push(value);
					else if (field === "event") event = value;
					else if (field === "id") id = value;
					else if (field === "retry" && /^\d+$/.test(value)) reconnectMs = Number(value);
					else if (line === "") {
						if (data.length) yield { id, event, data: transport.parse(data.join("\n")) as T };
						event = "message";
						data = [];
					}
				}
			}
		} catch (error) {
			// Broken off, or dead: connect again. An answer that says no stays an error.
			if (signal?.aborted) throw signal.reason;
			if (error instanceof ThingcastError) throw error;
		} finally {
			clearTimeout(timer);
			dead.abort();
		}
		await transport.sleep(reconnectMs, signal);
	}
}

const noStream = (path: string, type: string) =>
	new ThingcastError(
		{
			type: "thingcast:no-stream",
			title: "The answer is not a stream",
			status: 0,
			detail: `expected text/event-stream, got ${type || "no type"}`,
		},
		`GET ${path}`,
	);
