import { CLOCK_SKEW_MS } from "../../../shared/clock.ts";
import { IotError } from "../../../shared/iot/platform.ts";
import type { Sync } from "../../../shared/registry/sync.ts";
import type { SyncStore } from "../../../shared/store/sync-store.ts";
import type { Stored } from "../../../shared/stored.ts";
import { mayPass, pacedLists } from "./paced-lists.ts";
import { type StepDeps, stepOf } from "./steps.ts";

export interface SyncDeps extends StepDeps {
	readonly syncs: SyncStore;
}

/** Who works on it, and how long it may. */
interface Turn {
	readonly owner: string;
	readonly until: number;
}

/** Longer than a page takes: 50 devices with their tags, and the repetitions of a query. */
const LEASE_MS = 60_000;
/** A trouble of the platform that repetitions did not outlast is tried again after this. */
const PAUSE_MS = 60_000;

/**
 * Reads the platform's lists into the registry, page by page, until all are
 * read or the turn is over. Each page is noted when its devices are stored, so
 * that whoever goes on begins with the next one.
 *
 * @returns the sync afterwards; undefined if there is none, or somebody else works on it.
 * @throws TableError; the tick goes on with it once the lease is over.
 */
export async function runSync(ofProcess: SyncDeps, turn: Turn): Promise<Sync | undefined> {
	const { syncs, clock } = ofProcess;
	const deps = { ...ofProcess, lists: pacedLists(ofProcess.lists, clock) };
	let stored = await take(deps, await syncs.last(), turn);
	while (stored?.document.state === "running") {
		const next = await tryStep(deps, stored.document);
		const now = clock.now();
		const goesOn = next.error === undefined && now < turn.until;
		stored = await syncs.replace(stored, leased(next, goesOn ? turn : undefined, now));
		if (!goesOn) break;
	}
	return stored?.document;
}

async function tryStep(deps: StepDeps, sync: Sync): Promise<Sync> {
	const { error: _error, ...before } = sync;
	try {
		return await stepOf(deps, before);
	} catch (error) {
		if (!(error instanceof IotError)) throw error;
		const said = { code: error.result.code, message: error.message };
		return { ...before, error: said, state: mayPass(error) ? "running" : "failed" };
	}
}

async function take(
	{ syncs, clock }: SyncDeps,
	read: Stored<Sync> | undefined,
	turn: Turn,
): Promise<Stored<Sync> | undefined> {
	if (read?.document.state !== "running") return read;
	const { lease } = read.document;
	const now = clock.now();
	const theirs = lease && lease.owner !== turn.owner && now < lease.until + CLOCK_SKEW_MS;
	return theirs ? undefined : syncs.replace(read, leased(read.document, turn, now));
}

/** Held for a while, left to whoever comes first, or over. */
function leased(sync: Sync, turn: Turn | undefined, now: number): Sync {
	const { lease: _lease, wakeAt: _wakeAt, ...rest } = { ...sync, updatedAt: now };
	if (sync.state !== "running") return { ...rest, endedAt: now };
	if (!turn) return { ...rest, wakeAt: sync.error ? now + PAUSE_MS : now };
	const until = now + LEASE_MS;
	return { ...rest, lease: { owner: turn.owner, until }, wakeAt: until + CLOCK_SKEW_MS };
}
