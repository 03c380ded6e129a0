import type { Clock } from "../../../shared/clock.ts";
import type { Command } from "../../../shared/command/command.ts";
import type { Log } from "../../../shared/log.ts";
import { type Change, endedSince, liveSince } from "../../../shared/store/change-feed.ts";
import { type CommandStore, readAll } from "../../../shared/store/command-store.ts";
import { DamagedRow } from "../../../shared/store/document-store.ts";
import type { Stored } from "../../../shared/stored.ts";
import type { Table } from "../../../shared/table/table.ts";
import { LATE_MS } from "./told.ts";

export interface FeedDeps {
	readonly table: Table;
	readonly commands: CommandStore;
	readonly clock: Clock;
	readonly log: Log;
}

const POLL_MS = 500;
/** Nearly every change is found within this time of its own: each poll looks so far back, */
const SOON_MS = 2_000;
/** and so often one looks back as far as a change may be late. */
const FAR_EVERY_MS = 3_000;
/** Looking at all commands that have not ended may take this share of the time. */
const LIVE_SHARE = 0.1;
/** Commands whose rows are read at once. */
const PAGE = 1_000;

/** @param changes oldest first. @param at all that was found until then has been told. */
export type Listener = (changes: readonly Stored<Command>[], at: number) => void;

/** When a poll looked at what, in milliseconds since the epoch. */
interface Looked {
	/** As far back as a change may be late. */
	readonly far: number;
	/** At the commands that have not ended. */
	readonly live: number;
	/** When they may be looked at again. */
	readonly nextLive: number;
}

/** Finds what changes, once for all streams of this instance, for as long as there is one. */
export class ChangePoller {
	readonly #deps: FeedDeps;
	readonly #listeners = new Set<Listener>();
	#run: { readonly stop: AbortController; readonly ready: Promise<void> } | undefined;

	constructor(deps: FeedDeps) {
		this.#deps = deps;
	}

	/**
	 * What changes after this has resolved is told to the listener.
	 * @returns ends that.
	 * @throws TableError
	 */
	async listen(listener: Listener): Promise<() => void> {
		this.#listeners.add(listener);
		const stop = () => {
			this.#listeners.delete(listener);
			if (this.#listeners.size === 0) this.#end();
		};
		try {
			this.#run ??= this.#begin();
			await this.#run.ready;
			return stop;
		} catch (error) {
			stop();
			throw error;
		}
	}

	#end(): void {
		this.#run?.stop.abort();
		this.#run = undefined;
	}

	#begin() {
		const stop = new AbortController();
		const now = this.#deps.clock.now();
		const seen = new Seen();
		const ready = this.#find({ far: now, live: now, nextLive: now }).then(({ found, looked }) => {
			// What is there already is known, not told.
			seen.add(found, now);
			void this.#loop(seen, looked, stop.signal);
		});
		return { stop, ready };
	}

	async #loop(seen: Seen, first: Looked, signal: AbortSignal): Promise<void> {
		const { clock, log } = this.#deps;
		let looked = first;
		for (;;) {
			await clock.sleep(POLL_MS, signal).catch(() => {});
			if (signal.aborted) return;
			try {
				const now = clock.now();
				const poll = await this.#find(looked);
				const news = seen.newsIn(poll.found);
				for (let at = 0; at < news.length && !signal.aborted; at += PAGE) {
					const page = news.slice(at, at + PAGE);
					const changes = await this.#read(page);
					seen.add(page, now);
					this.#tell(changes, looked.far, signal);
				}
				looked = poll.looked;
				this.#tell([], now, signal);
			} catch (error) {
				// The next poll looks at what this one has missed.
				log.warn("the stream's poll failed", { error: String(error) });
			}
		}
	}

	#tell(changes: readonly Stored<Command>[], at: number, signal: AbortSignal): void {
		if (signal.aborted) return;
		for (const listener of this.#listeners) listener(changes, at);
	}

	async #read(changes: readonly Change[]): Promise<Stored<Command>[]> {
		const rows = await readAll(this.#deps.commands, changes);
		return rows
			.flatMap(({ found }) => (found && !(found instanceof DamagedRow) ? found : []))
			.sort((a, b) => a.document.updatedAt - b.document.updatedAt);
	}

	async #find(last: Looked): Promise<{ found: Change[]; looked: Looked }> {
		const { table, clock } = this.#deps;
		const now = clock.now();
		const found: Change[] = [];
		let { far, live, nextLive } = last;
		const isFar = now - far >= FAR_EVERY_MS || far >= now;
		const since = isFar ? far - LATE_MS : now - SOON_MS;
		for await (const changes of endedSince(table, since)) found.push(...changes);
		if (isFar) far = now;
		const startedAt = clock.now();
		if (startedAt >= nextLive) {
			found.push(...(await liveSince(table, live - LATE_MS)).changes);
			live = startedAt;
			nextLive = startedAt + (clock.now() - startedAt) / LIVE_SHARE;
		}
		return { found, looked: { far, live, nextLive } };
	}
}

/** The latest version of each command that has changed lately. */
class Seen {
	readonly #versions = new Map<string, Change>();

	add(changes: readonly Change[], now: number): void {
		for (const change of changes) this.#versions.set(change.id, change);
		const oldest = now - 2 * LATE_MS;
		for (const [id, { at }] of this.#versions) if (at < oldest) this.#versions.delete(id);
	}

	/** Each once, oldest first, in the latest version that was found. */
	newsIn(found: readonly Change[]): Change[] {
		const news = new Map<string, Change>();
		for (const change of found) {
			const known = news.get(change.id) ?? this.#versions.get(change.id);
			if (!known || known.version < change.version) news.set(change.id, change);
		}
		return [...news.values()].sort((a, b) => a.at - b.at);
	}
}
