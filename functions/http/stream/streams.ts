import type { Command } from "../../../shared/command/command.ts";
import { type CommandFilter, matches } from "../../../shared/command/filter.ts";
import { type Change, endedSince, liveSince } from "../../../shared/store/change-feed.ts";
import { readAll } from "../../../shared/store/command-store.ts";
import { DamagedRow } from "../../../shared/store/document-store.ts";
import type { Stored } from "../../../shared/stored.ts";
import { ChangePoller, type FeedDeps } from "./change-poller.ts";
import { EventBody } from "./events.ts";
import { type Cursor, LATE_MS, Told } from "./told.ts";

const HEARTBEAT_MS = 15_000;
/** Rows that are read at once for a client that catches up. */
const PAGE = 200;

export interface StreamRequest {
	readonly filter: CommandFilter;
	/** Where the client's last stream has ended. */
	readonly cursor?: Cursor;
	/** The stream ends at this time (milliseconds since the epoch), and the client comes again. */
	readonly until: number;
	/** An event's data. */
	readonly view: (command: Command) => string;
}

/** The streams of this instance. */
export class Streams {
	readonly #deps: FeedDeps;
	readonly #poller: ChangePoller;
	readonly #open = new Set<EventBody>();

	constructor(deps: FeedDeps) {
		this.#deps = deps;
		this.#poller = new ChangePoller(deps);
	}

	/**
	 * What changes after this has resolved is told; with a cursor, what has
	 * changed since then as well. @throws TableError
	 */
	async open(request: StreamRequest): Promise<ReadableStream<Uint8Array>> {
		const { filter, view, cursor } = request;
		const out = new EventBody();
		const told = new Told(cursor ?? { at: this.#deps.clock.now(), told: [] });
		const tell = (changes: readonly Stored<Command>[]) => {
			for (const stored of changes) {
				if (!matches(filter, stored.document) || !told.add(stored)) continue;
				out.event(told.cursor(), "command", view(stored.document));
			}
		};
		let waiting: Stored<Command>[] | undefined = [];
		const stop = await this.#poller.listen((changes, at) => {
			if (waiting) waiting.push(...changes);
			else {
				tell(changes);
				told.reached(at);
			}
		});
		out.closed.addEventListener("abort", stop, { once: true });
		this.#open.add(out);
		out.heartbeat(told.cursor());
		const catchUp = async () => {
			if (cursor) await this.#catchUp(cursor, out, tell);
			tell(waiting ?? []);
			waiting = undefined;
			await this.#keepOpen(request.until, out, told);
		};
		catchUp()
			.catch((error: unknown) => {
				this.#deps.log.warn("a stream broke off", { error: String(error) });
			})
			.finally(() => {
				out.close();
				this.#open.delete(out);
			});
		return out.body;
	}

	/** Ends all of them; their clients come again, to another instance. */
	end(): void {
		for (const out of this.#open) out.close();
	}

	/** What has changed since the cursor, oldest first; of each command its last change. */
	async #catchUp(
		{ at }: Cursor,
		out: EventBody,
		tell: (changes: readonly Stored<Command>[]) => void,
	): Promise<void> {
		const { table, commands } = this.#deps;
		const since = at - LATE_MS;
		const { changes: live } = await liveSince(table, since);
		const tellPage = async (changes: readonly Change[]) => {
			const rows = await readAll(commands, changes);
			tell(rows.flatMap(({ found }) => (found && !(found instanceof DamagedRow) ? found : [])));
			await out.ready();
		};
		for await (const ended of endedSince(table, since, PAGE)) {
			if (out.closed.aborted) return;
			const last = ended.at(-1)?.at ?? 0;
			const until = live.findIndex((change) => change.at > last);
			const between = live.splice(0, until === -1 ? live.length : until);
			await tellPage([...ended, ...between].sort((a, b) => a.at - b.at));
		}
		while (live.length > 0 && !out.closed.aborted) await tellPage(live.splice(0, PAGE));
	}

	async #keepOpen(until: number, out: EventBody, told: Told): Promise<void> {
		const { clock } = this.#deps;
		for (;;) {
			const left = until - clock.now();
			if (left > 0) await clock.sleep(Math.min(left, HEARTBEAT_MS), out.closed).catch(() => {});
			if (out.closed.aborted) return;
			out.heartbeat(told.cursor());
			if (clock.now() >= until) return;
		}
	}
}
