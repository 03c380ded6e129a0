import type {
	Command,
	CommandCounts,
	CommandFilter,
	CommandRequest,
	Operation,
	PageSize,
} from "./api/index.ts";
import { hasEnded } from "./match.ts";
import { type StreamEvent, type StreamOptions, streamEvents } from "./stream.ts";
import type { Transport } from "./transport.ts";

export interface Signal {
	readonly signal?: AbortSignal | undefined;
}

export interface SendOptions extends Signal {
	/** Made by the client where it is absent, so that a repeated request sends once. */
	readonly idempotencyKey?: string | undefined;
	/** Seconds to wait for the outcome. @default 0 */
	readonly wait?: number | undefined;
}

export interface WaitOptions extends Signal {
	/** The command is returned as it is when they are over. @default no end */
	readonly seconds?: number | undefined;
}

/** What `Prefer: wait=` takes at most. */
const MAX_PREFER_SECONDS = 30;
const FIRST_POLL_MS = 100;
const MAX_POLL_MS = 2_000;

export const newKey = (): string =>
	Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
		byte.toString(16).padStart(2, "0"),
	).join("");

/** An id as a part of a path. */
export const at = (path: string, id: string, rest = "") =>
	`${path}/${encodeURIComponent(id)}${rest}`;

/** Several states are one parameter. */
const toQuery = (filter: CommandFilter) => ({
	...filter,
	state: filter.state === undefined ? undefined : String(filter.state),
});

const PATH = "/v1/commands";

export function commandCalls(transport: Transport) {
	const { request, sleep, now } = transport;

	const get = (id: string, { signal }: Signal = {}) =>
		request<Command>("GET", at(PATH, id), { signal });

	async function until<T>(
		first: T,
		next: () => Promise<T>,
		done: (value: T) => boolean,
		{ seconds = Number.POSITIVE_INFINITY, signal }: WaitOptions,
	): Promise<T> {
		let shown = first;
		const end = now() + seconds * 1000;
		for (let ms = FIRST_POLL_MS; !done(shown); ms = Math.min(ms * 1.3, MAX_POLL_MS)) {
			const left = end - now();
			if (left <= 0) break;
			await sleep(Math.min(ms, left), signal);
			shown = await next();
		}
		return shown;
	}

	async function post(path: string, body: object | string | undefined, options: SendOptions) {
		const { idempotencyKey = newKey(), wait = 0, signal } = options;
		const prefer = Math.min(wait, MAX_PREFER_SECONDS);
		const call = { body, idempotencyKey, signal, wait: prefer };
		const command = await request<Command>("POST", path, call);
		const seconds = wait - prefer;
		return until(command, () => get(command.id, options), hasEnded, { seconds, signal });
	}

	/** Not repeated where nobody knows whether it was done: it would be done twice. */
	function bulk(what: string) {
		function where(filter: CommandFilter, dryRun: { dryRun: true }): Promise<{ matched: number }>;
		function where(filter: CommandFilter, dryRun?: { dryRun?: false }): Promise<Operation>;
		function where(filter: CommandFilter, { dryRun = false } = {}) {
			const body = { filter: toQuery(filter), ...(dryRun ? { dryRun } : {}) };
			return request("POST", `${PATH}/${what}`, { body, repeatable: dryRun });
		}
		return where;
	}

	const getOperation = (id: string, { signal }: Signal = {}) =>
		request<Operation>("GET", at("/v1/operations", id), { signal });

	return {
		commands: {
			/** @param command an object, or JSON text where the digits of its numbers matter. */
			send: (command: CommandRequest | string, options: SendOptions = {}) =>
				post(PATH, command, options),
			get,
			/** Newest first, to the end. */
			list: (filter: CommandFilter & PageSize = {}) =>
				transport.list<Command>(PATH, toQuery(filter)),
			counts: (filter: CommandFilter = {}) =>
				request<CommandCounts>("GET", `${PATH}/counts`, { query: toQuery(filter) }),
			/** The command once it has ended, or as it is after `seconds`. */
			wait: async (id: string, options: WaitOptions = {}) =>
				until(await get(id, options), () => get(id, options), hasEnded, options),
			cancel: (id: string) => request<Command>("POST", at(PATH, id, "/cancel")),
			/** The same again, as a new command. */
			redrive: (id: string, options: SendOptions = {}) =>
				post(at(PATH, id, "/redrive"), undefined, options),
			cancelWhere: bulk("cancel"),
			redriveWhere: bulk("redrive"),
			/** Every change of state, oldest first. */
			stream: (
				filter: CommandFilter = {},
				options: StreamOptions = {},
			): AsyncGenerator<StreamEvent<Command>, void> =>
				streamEvents(transport, `${PATH}/stream`, toQuery(filter), options),
		},
		operations: {
			get: getOperation,
			/** @param onProgress is told of each state that was read. */
			wait: async (
				id: string,
				{ onProgress, ...options }: WaitOptions & { onProgress?: (state: Operation) => void } = {},
			) =>
				until(
					await getOperation(id, options),
					() => getOperation(id, options),
					(operation) => {
						onProgress?.(operation);
						return operation.state === "completed";
					},
					options,
				),
		},
	};
}
