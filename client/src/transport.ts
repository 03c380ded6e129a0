import { problemOf, ThingcastError } from "./error.ts";

export interface ClientOptions {
	/** Of the API, without `/v1`. */
	readonly url: string;
	readonly key: string;
	readonly fetch?: typeof fetch;
	/** Ends everything that goes on. */
	readonly signal?: AbortSignal;
	/** How often a request is sent at most. @default 5 */
	readonly attempts?: number;
	/** How long one request may take beyond what it waits for. @default 30_000 */
	readonly timeoutMs?: number;
	/** The body of an answer. @default JSON.parse */
	readonly parse?: (text: string) => unknown;
	/** For tests: waits, and gives up waiting when the signal is aborted. */
	readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
	readonly now?: () => number;
	readonly random?: () => number;
}

export interface Call {
	readonly query?: object;
	/** An object, or JSON text that is sent as it is. */
	readonly body?: object | string | undefined;
	readonly headers?: Record<string, string>;
	readonly signal?: AbortSignal | undefined;
	/** Seconds that the server may hold the answer back. */
	readonly wait?: number | undefined;
	/** A stream, which has no end of its own. */
	readonly endless?: boolean;
	readonly attempts?: number;
	/** Whether it may be repeated when nobody knows if it was done. @default for GET and DELETE */
	readonly repeatable?: boolean;
	/** Sends `Idempotency-Key`, which makes it repeatable. */
	readonly idempotencyKey?: string | undefined;
}

export type Transport = ReturnType<typeof createTransport>;

const BASE_MS = 200;
const CAP_MS = 5_000;
/** Who is told to come back later than this hears so at once. */
const MAX_RETRY_AFTER_MS = 60_000;

/** Rejects with the signal's reason as soon as it is aborted. */
const pause = (ms: number, signal?: AbortSignal) =>
	new Promise<void>((resolve, reject) => {
		const abort = () => {
			clearTimeout(timer);
			reject(signal?.reason);
		};
		const timer = setTimeout(() => {
			signal?.removeEventListener("abort", abort);
			resolve();
		}, ms);
		if (signal?.aborted) abort();
		signal?.addEventListener("abort", abort, { once: true });
	});

export function createTransport(options: ClientOptions) {
	const { url, key, attempts = 5, timeoutMs = 30_000, parse = JSON.parse } = options;
	const { sleep = pause, now = Date.now, random = Math.random } = options;
	const send = options.fetch ?? fetch;
	const base = url.replace(/\/+$/, "");

	/** Full jitter, unless the server said when. Undefined: not worth waiting for. */
	function pauseBefore(attempt: number, retryAfter?: string | null): number | undefined {
		if (!retryAfter) return random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt);
		const seconds = Number(retryAfter);
		const ms = Number.isNaN(seconds) ? Date.parse(retryAfter) - now() : seconds * 1000;
		return ms <= MAX_RETRY_AFTER_MS ? Math.max(0, ms) : undefined;
	}

	/**
	 * Sends it, again where that is safe, and reads the answer.
	 * @throws ThingcastError, or the reason of the call's signal.
	 */
	async function open<T>(
		method: string,
		path: string,
		call: Call,
		read: (response: Response) => T | Promise<T>,
	): Promise<T> {
		const { query = {}, body, wait, idempotencyKey } = call;
		const signal = either(call.signal, options.signal);
		const search = new URLSearchParams();
		for (const [name, value] of Object.entries(query)) {
			if (value !== undefined) search.append(name, String(value));
		}
		const target = `${base}${path}${search.size ? `?${search}` : ""}`;
		const headers: Record<string, string> = { authorization: `Bearer ${key}`, ...call.headers };
		if (body !== undefined) headers["content-type"] = "application/json";
		if (wait) headers["prefer"] = `wait=${wait}`;
		if (idempotencyKey) headers["idempotency-key"] = idempotencyKey;
		const repeatable = call.repeatable ?? (!!idempotencyKey || /GET|DELETE/.test(method));
		const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);

		for (let attempt = 1; ; attempt++) {
			let failure: ThingcastError;
			let retryAfter: string | null = null;
			let again = repeatable;
			try {
				const late = call.endless ? undefined : AbortSignal.timeout(timeoutMs + (wait ?? 0) * 1000);
				const response = await send(target, {
					method,
					headers,
					signal: either(signal, late) ?? null,
					...(text === undefined ? {} : { body: text }),
				});
				// A DELETE whose answer was lost has deleted it.
				if (response.ok || (method === "DELETE" && attempt > 1 && response.status === 404)) {
					return await read(response);
				}
				failure = await problemOf(response, `${method} ${path}`);
				again = failure.status === 429 || (repeatable && /50[234]/.test(`${failure.status}`));
				retryAfter = response.headers.get("retry-after");
			} catch (error) {
				if (signal?.aborted) throw signal.reason;
				failure = noAnswer(base, `${method} ${path}`, error);
			}
			const ms = pauseBefore(attempt, retryAfter);
			if (!again || attempt >= (call.attempts ?? attempts) || ms === undefined) throw failure;
			await sleep(ms, signal);
		}
	}

	const read = async (response: Response) => {
		const text = await response.text();
		return text && response.ok ? parse(text) : undefined;
	};

	return {
		open,
		sleep,
		now,
		parse,
		signal: options.signal,
		/** The body of the answer. */
		request: <T>(method: string, path: string, call: Call = {}) =>
			open(method, path, call, read) as Promise<T>,
		/** One item after the other, page by page. A page holds one list, beside its cursor. */
		async *list<T>(path: string, query: object = {}): AsyncGenerator<T, void> {
			let cursor: string | undefined;
			do {
				const [body, link] = await open(
					"GET",
					path,
					{ query: { ...query, cursor } },
					async (answer) =>
						[(await read(answer)) as Record<string, unknown>, answer.headers.get("link")] as const,
				);
				yield* (Object.values(body).find(Array.isArray) ?? []) as T[];
				cursor = (body["cursor"] as string | null) ?? nextCursor(link);
			} while (cursor);
		},
	};
}

export const either = (...signals: ReadonlyArray<AbortSignal | undefined>) => {
	const given = signals.filter((signal) => signal !== undefined);
	return given[1] ? AbortSignal.any(given) : given[0];
};

function noAnswer(base: string, request: string, error: unknown): ThingcastError {
	const { cause, message } = error as Error;
	const detail = `${base}: ${(cause as Error | undefined)?.message || message}`;
	return new ThingcastError(
		{ type: "thingcast:no-answer", title: "No answer", status: 0, detail },
		request,
		error,
	);
}

/** Of `Link: <…?cursor=…>; rel="next"` (RFC 8288). */
function nextCursor(link: string | null): string | undefined {
	const found = /[?&]cursor=([^&>]+)[^>]*>[^,]*rel="?next/.exec(link ?? "")?.[1];
	return found && decodeURIComponent(found);
}
