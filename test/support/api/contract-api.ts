import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Command } from "../../../client/src/index.ts";
import { type Answer, problem, read, type Seen, write } from "./wire.ts";

/**
 * What becomes of a request: an answer in place of the API's own, a connection
 * that breaks before it is read, or one that breaks after it was done.
 */
type Fault = Answer | "broken" | "answer-lost";

interface Stream {
	readonly response: ServerResponse;
}

type Change = { readonly id: number; readonly command: Command };

const PAGE = 2;

/** A real HTTP server that plays the contract of the API, as much of it as its clients are tested on. */
export class ContractApi {
	readonly key = "a-key-for-the-tests";
	readonly seen: Seen[] = [];
	readonly commands = new Map<string, Command>();
	/** Answers by `METHOD /path`, in front of the built-in ones; several are given one after the other. */
	readonly answers = new Map<string, Answer[]>();
	readonly #faults: Fault[] = [];
	readonly #byKey = new Map<string, string>();
	readonly #changes: Change[] = [];
	readonly #streams = new Set<Stream>();
	readonly #server: Server;
	/** How lists say where they go on. */
	nextPage: "cursor" | "link" = "cursor";

	private constructor() {
		this.#server = createServer(async (request, response) => {
			const seen = await read(request);
			this.seen.push(seen);
			const fault = this.#faults.shift();
			if (fault === "broken") {
				response.destroy();
				return;
			}
			if (fault && fault !== "answer-lost") {
				write(response, fault);
				return;
			}
			if (seen.path === "/v1/commands/stream" && !this.answers.has("GET /v1/commands/stream")) {
				this.#stream(seen, response);
				return;
			}
			const answer = this.#answer(seen);
			if (fault === "answer-lost") response.destroy();
			else write(response, answer);
		});
	}

	static async start(): Promise<ContractApi> {
		const api = new ContractApi();
		await new Promise<void>((resolve) => api.#server.listen(0, "127.0.0.1", resolve));
		return api;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	/** What becomes of the next requests, one after the other. */
	fail(...faults: readonly Fault[]): void {
		this.#faults.push(...faults);
	}

	/** Answers of a route, one after the other; the last one stays. */
	answer(route: string, ...bodies: readonly unknown[]): void {
		this.answers.set(
			route,
			bodies.map((body) => ({ status: 200, body })),
		);
	}

	/** Stores a command and tells the streams. */
	change(command: Command): void {
		this.commands.set(command.id, command);
		const change = { id: this.#changes.length + 1, command };
		this.#changes.push(change);
		for (const { response } of this.#streams) tell(response, change);
	}

	get streams(): number {
		return this.#streams.size;
	}

	/** Breaks the connection of every stream. */
	cutStreams(): void {
		for (const { response } of this.#streams) response.destroy();
		this.#streams.clear();
	}

	#given({ method, path }: Seen): Answer | undefined {
		const given = this.answers.get(`${method} ${path}`);
		return given && (given.length > 1 ? given.shift() : given[0]);
	}

	#answer(seen: Seen): Answer {
		if (seen.path !== "/healthz" && seen.headers["authorization"] !== `Bearer ${this.key}`) {
			return problem(401, "unauthorized", "this key is not known");
		}
		return this.#given(seen) ?? this.#command(seen);
	}

	#command({ method, path, query, headers, body }: Seen): Answer {
		const [, id, verb] = /^\/v1\/commands(?:\/([^/]+)(?:\/(\w+))?)?$/.exec(path) ?? [];
		if (path === "/v1/commands" && method === "GET") return this.#list(query);
		if (path === "/v1/commands" && method === "POST") {
			const key = headers["idempotency-key"] ?? "";
			const known = this.#byKey.get(key) ?? `c${this.commands.size + 1}`;
			this.#byKey.set(key, known);
			const command = this.commands.get(known) ?? commandOf(known, body);
			if (!this.commands.has(known)) this.change(command);
			return { status: 202, body: command };
		}
		const command = this.commands.get(id ?? "");
		if (!command) return problem(404, "not-found", `there is no ${path}`);
		if (method === "GET" && !verb) return { status: 200, body: command };
		if (verb === "cancel") {
			this.change({ ...command, state: "canceled", terminal: true } as Command);
			return { status: 200, body: this.commands.get(command.id) };
		}
		if (verb === "redrive") {
			const again = { ...command, id: `${command.id}-again` };
			this.change(again);
			return { status: 202, body: again };
		}
		return problem(405, "method-not-allowed", "use GET");
	}

	#list({ cursor, limit, state }: Seen["query"]): Answer {
		const matching = [...this.commands.values()]
			.reverse()
			.filter((command) => !state || state.split(",").includes(command.state));
		const from = Number(cursor ?? 0);
		const to = from + Math.min(Number(limit ?? PAGE), PAGE);
		const commands = matching.slice(from, to);
		const more = to < matching.length;
		if (this.nextPage === "cursor") {
			return { status: 200, body: { commands, cursor: more ? String(to) : null } };
		}
		const link = `</v1/commands?limit=${PAGE}&cursor=${to}>; rel="next"`;
		return { status: 200, body: { commands }, ...(more ? { headers: { link } } : {}) };
	}

	/** From after `Last-Event-ID`; without one, only what comes. */
	#stream({ headers }: Seen, response: ServerResponse): void {
		response.writeHead(200, { "content-type": "text/event-stream" });
		response.write("retry: 1\n: hello\n\n");
		const last = headers["last-event-id"];
		if (last !== undefined) {
			for (const change of this.#changes.slice(Number(last))) tell(response, change);
		}
		const stream = { response };
		this.#streams.add(stream);
		response.once("close", () => this.#streams.delete(stream));
	}
}

function tell(response: ServerResponse, { id, command }: Change): void {
	response.write(`id: ${id}\nevent: command\ndata: ${JSON.stringify(command)}\n\n`);
}

const AT = "2026-11-24T07:00:00.000Z";

/** A command as the API shows it once it is accepted. */
export function commandOf(
	id: string,
	fields: Partial<Record<keyof Command, unknown>> & object = {},
) {
	return {
		id,
		device: { productKey: "a1TEST", deviceName: "light" },
		service: "Set",
		args: {},
		state: "accepted",
		terminal: false,
		lane: "interactive",
		source: { type: "http", ref: null },
		attempts: [],
		expiresIn: 3600,
		replyTimeout: 60,
		onUnknown: "report",
		whenOffline: "fail",
		qos: 0,
		createdAt: AT,
		updatedAt: AT,
		expiresAt: "2026-11-24T08:00:00.000Z",
		...fields,
	} as Command;
}
