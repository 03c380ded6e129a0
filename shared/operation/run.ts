import { CLOCK_SKEW_MS } from "../clock.ts";
import type { OperationStore } from "../store/operation-store.ts";
import type { Stored } from "../stored.ts";
import type { Table } from "../table/table.ts";
import { type ActDeps, act, type Tally, type Target } from "./act.ts";
import { LEASE_MS, type Operation } from "./operation.ts";
import { type Found, search } from "./search.ts";

export interface RunDeps extends ActDeps {
	readonly operations: OperationStore;
	readonly table: Table;
}

/** Whoever works on an operation, and how long it may. */
export interface Turn {
	/** The same for each repetition of one invocation: it may take what it had before. */
	readonly owner: string;
	/** Milliseconds since the epoch. */
	readonly until: number;
}

/** So many fit well into a row of the table; who passes by more has them counted twice. */
const MAX_PASSED = 2_000;
/** How far an index may lag behind: what was accepted just before the operation is found after this time. */
const INDEX_LAG_MS = 1_000;

/**
 * Goes on with an operation until it is completed or the turn is over; then
 * another may take it at once. What is found is written down before anything is
 * done to it, so whoever goes on after a crash counts it all the same.
 *
 * @returns the operation afterwards; undefined if there is none that can be read, or somebody
 *   else works on it.
 * @throws TableError; the tick goes on with it once the lease is over.
 */
export async function runOperation(
	deps: RunDeps,
	id: string,
	turn: Turn,
): Promise<Operation | undefined> {
	let stored = await take(deps, await deps.operations.getReadable(id), turn);
	if (!stored || stored.document.state === "completed") return stored?.document;
	// Of a page that somebody else has found, only the ids are known.
	let targets: readonly Target[] = stored.document.page.map((id) => ({ id }));
	let pages = search(deps, stored.document);
	while (stored) {
		const operation = counted(stored.document, await act(deps, stored.document, targets));
		const { value: found } = await pages.next();
		targets = found?.targets ?? [];
		const next = found ? withPage(operation, found) : atEnd(operation, deps.clock.now());
		if (next.round !== operation.round) {
			const startAt = operation.createdAt + INDEX_LAG_MS;
			await deps.clock.sleep(Math.max(0, Math.min(startAt, turn.until) - deps.clock.now()));
			pages = search(deps, next);
		}
		const now = deps.clock.now();
		const over = now >= turn.until;
		stored = await deps.operations.replace(stored, leased(next, over ? undefined : turn, now));
		if (over || stored?.document.state === "completed") break;
	}
	return stored?.document;
}

async function take(
	{ operations, clock }: RunDeps,
	read: Stored<Operation> | undefined,
	turn: Turn,
): Promise<Stored<Operation> | undefined> {
	if (!read || read.document.state === "completed") return read;
	const { lease } = read.document;
	const now = clock.now();
	const theirs = lease && lease.owner !== turn.owner && now < lease.until + CLOCK_SKEW_MS;
	return theirs ? undefined : operations.replace(read, leased(read.document, turn, now));
}

/** Held for a while, or left to whoever comes first. */
function leased(operation: Operation, turn: Turn | undefined, now: number): Operation {
	const { lease: _lease, wakeAt: _wakeAt, ...rest } = { ...operation, updatedAt: now };
	if (operation.state === "completed") return rest;
	if (!turn) return { ...rest, wakeAt: now };
	const until = now + LEASE_MS;
	return { ...rest, lease: { owner: turn.owner, until }, wakeAt: until + CLOCK_SKEW_MS };
}

const counted = (operation: Operation, { done, skipped, failed }: Tally): Operation => ({
	...operation,
	done: operation.done + done.length,
	skipped: operation.skipped + skipped.length,
	failed: operation.failed + failed.length,
	passed: [...operation.passed, ...skipped].slice(0, MAX_PASSED),
	page: [],
});

/** Each command is counted once, also one that the first round has passed by. */
function withPage(operation: Operation, { targets, cursor }: Found): Operation {
	const page = targets.map(({ id }) => id);
	const passed = new Set(operation.passed);
	const again = page.filter((id) => passed.delete(id)).length;
	return {
		...operation,
		matched: operation.matched + page.length - again,
		skipped: operation.skipped - again,
		passed: [...passed],
		page,
		cursor,
	};
}

/** What is canceled leaves the filter, so a second round meets only what the first did not. */
function atEnd(operation: Operation, now: number): Operation {
	const { cursor: _cursor, ...rest } = operation;
	if (operation.kind === "cancel" && operation.round === 1) return { ...rest, round: 2 };
	return { ...rest, state: "completed", completedAt: now };
}
