import { systemClock } from "../clock/clock.ts";
import type { InstanceState } from "./instance/frames.ts";
import type { FunctionInvoker } from "./invoker.ts";

const POLL_MS = 1;
/** Most invocations end sooner; to ask an instance what it does costs it time. */
const FIRST_PROBE_MS = 5;
/**
 * Turns of the event loop in which nothing may begin. What travels between
 * sockets of this one process, or from an instance to it, arrives within one or
 * two turns a hop, however busy the machine is: the system's loopback has it
 * there before the sender goes on.
 */
const QUIET_TURNS = 20;
/**
 * Of what is asked of someone else, in real time, nobody knows whether it will be
 * answered: so long it is waited for, and for so many looks at the instance,
 * since on a busy machine the time alone says nothing.
 */
const STALLED_MS = 100;
const STALLED_LOOKS = 20;

export interface SettleOptions {
	/** Gives up after so much real time. */
	readonly limitMs: number;
	/** Whether a service waits for somebody outside, such as a device in another process. */
	readonly elsewhere: () => boolean;
}

/**
 * Resolves when nothing is under way any more, or when all that is under way
 * waits for the virtual clock. Exact where only the local cloud is concerned:
 * an instance waits once it has nothing to do but timers, and requests that the
 * local cloud itself does not answer before the clock moves.
 *
 * @param active whether something is under way.
 */
export async function settle(
	invokers: Iterable<FunctionInvoker>,
	active: () => boolean,
	{ limitMs, elsewhere }: SettleOptions,
): Promise<void> {
	const until = systemClock.now() + limitMs;
	const all = [...invokers];
	const stall = new Stall();
	let activeSince: number | undefined;
	while (systemClock.now() < until) {
		if (!active()) {
			if (await staysQuiet(active)) return;
			activeSince = undefined;
			continue;
		}
		activeSince ??= systemClock.now();
		if (systemClock.now() - activeSince < FIRST_PROBE_MS) {
			await turns(1);
			continue;
		}
		await systemClock.sleep(POLL_MS);
		const states = await look(all);
		if (!states?.every(waits)) continue;
		await turns(QUIET_TURNS);
		if (!same(states, await look(all))) continue;
		const exact = !elsewhere() && states.every(({ outside }) => outside === 0);
		if (exact || stall.lasts(states)) return;
	}
}

/** The states of all busy instances; undefined if one of them tells nothing of itself. */
async function look(all: readonly FunctionInvoker[]): Promise<InstanceState[] | undefined> {
	const states = await Promise.all(all.flatMap((invoker) => invoker.probeBusy()));
	const known = states.filter((state) => state !== undefined);
	return known.length > 0 && known.length === states.length ? known : undefined;
}

const waits = ({ timers, requests, outside, work }: InstanceState) =>
	work === 0 && timers + requests + outside > 0;

const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);

/** Nothing has changed for a while. */
class Stall {
	#seen: readonly InstanceState[] = [];
	#since = 0;
	#looks = 0;

	lasts(states: readonly InstanceState[]): boolean {
		const now = systemClock.now();
		if (!same(states, this.#seen)) {
			this.#seen = states;
			this.#since = now;
			this.#looks = 0;
		}
		this.#looks++;
		return this.#looks >= STALLED_LOOKS && now - this.#since >= STALLED_MS;
	}
}

async function staysQuiet(active: () => boolean): Promise<boolean> {
	for (let turn = 0; turn < QUIET_TURNS; turn++) {
		await turns(1);
		if (active()) return false;
	}
	return true;
}

async function turns(count: number): Promise<void> {
	for (let turn = 0; turn < count; turn++) {
		await new Promise<void>((resolve) => setImmediate(resolve));
	}
}
