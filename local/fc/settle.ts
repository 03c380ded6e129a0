import { systemClock } from "../../shared/clock.ts";
import type { FunctionInvoker } from "./invoker.ts";

const POLL_MS = 1;
/**
 * Polls in a row that must find nothing under way, or everything waiting for
 * the clock: an answer still has to travel to whoever asked.
 */
const QUIET_POLLS = 3;
/** A request that has not moved for this long is taken to wait for the clock as well. */
const STALLED_MS = 100;

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
	let idlePolls = 0;
	let unchangedPolls = 0;
	let unchangedSince = systemClock.now();
	for (;;) {
		await systemClock.sleep(POLL_MS);
		if (systemClock.now() >= until) return;
		idlePolls = active() ? 0 : idlePolls + 1;
		if (idlePolls >= QUIET_POLLS) return;
		if (idlePolls > 0) continue;
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
		if (stalled && systemClock.now() - unchangedSince >= STALLED_MS) return;
	}
}
