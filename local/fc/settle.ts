import { systemClock } from "../clock/clock.ts";
import type { FunctionInvoker } from "./invoker.ts";

const POLL_MS = 1;
/** Most invocations end sooner; to ask an instance what it does costs it time. */
const FIRST_PROBE_MS = 5;
/** Polls in a row that must find everything waiting for the clock: an answer still has to travel to whoever asked. */
const QUIET_POLLS = 3;
/**
 * Turns of the event loop in which nothing may begin. What travels between
 * sockets of this one process, a device's reply for instance, arrives within
 * one or two turns a hop, however busy the machine is.
 */
const QUIET_TURNS = 20;
/**
 * A request that has not moved for this long is taken to wait for the clock as
 * well: at least for so many answers of its instance, since on a busy machine
 * the time alone says nothing.
 */
const STALLED_MS = 100;
const STALLED_POLLS = 20;

/**
 * Resolves when nothing is under way any more, when what is under way waits for
 * the virtual clock, or after `limitMs` of real time.
 *
 * @param active whether something is under way.
 */
export async function settle(
	invokers: Iterable<FunctionInvoker>,
	active: () => boolean,
	limitMs: number,
): Promise<void> {
	const until = systemClock.now() + limitMs;
	const all = [...invokers];
	let before = "";
	let unchangedPolls = 0;
	let unchangedSince = systemClock.now();
	let activeSince: number | undefined;
	while (systemClock.now() < until) {
		if (!active()) {
			if (await staysQuiet(active)) return;
			activeSince = undefined;
			continue;
		}
		await systemClock.sleep(POLL_MS);
		activeSince ??= systemClock.now();
		if (systemClock.now() - activeSince < FIRST_PROBE_MS) continue;
		const states = await Promise.all(all.flatMap((invoker) => invoker.probeBusy()));
		// Those in real time tell nothing of themselves: they are waited for.
		if (states.length === 0 || states.includes(undefined)) continue;
		const seen = JSON.stringify(states);
		if (seen !== before) {
			before = seen;
			unchangedPolls = 0;
			unchangedSince = systemClock.now();
			continue;
		}
		unchangedPolls++;
		const waiting = states.every((state) => state && state.timers > 0 && state.requests === 0);
		if (waiting && unchangedPolls >= QUIET_POLLS) return;
		const stalled = states.every((state) => state && state.timers + state.requests > 0);
		const longEnough = systemClock.now() - unchangedSince >= STALLED_MS;
		if (stalled && longEnough && unchangedPolls >= STALLED_POLLS) return;
	}
}

async function staysQuiet(active: () => boolean): Promise<boolean> {
	for (let turn = 0; turn < QUIET_TURNS; turn++) {
		await new Promise<void>((resolve) => setImmediate(resolve));
		if (active()) return false;
	}
	return true;
}
