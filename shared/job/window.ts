import { occurrences } from "../schedule/occurrences.ts";
import type { SendingWindow } from "./job.ts";

const MINUTE_MS = 60_000;
/** A time that the clocks leave out opens the window right after the gap; one that comes twice, once. */
const DST = { gap: "shift", twice: "first" } as const;

export type Opening =
	| { readonly open: true; readonly until: number }
	/** `opensAt` is undefined if it never opens again. */
	| { readonly open: false; readonly opensAt: number | undefined };

/** Whether a job may send now. Openings that overlap are one. */
export function windowAt(window: SendingWindow, now: number): Opening {
	const length = window.minutes * MINUTE_MS;
	const when = { kind: "cron", cron: window.cron, timeZone: window.timeZone } as const;
	let until: number | undefined;
	for (const { at, runs } of occurrences({ when, dst: DST }, now, now - length)) {
		if (!runs) continue;
		if (at > (until ?? now)) {
			return until === undefined ? { open: false, opensAt: at } : { open: true, until };
		}
		until = at + length;
		if (until - now > length * 2) break;
	}
	return until === undefined ? { open: false, opensAt: undefined } : { open: true, until };
}
