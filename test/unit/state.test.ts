import { describe, expect, it } from "vitest";
import {
	type Event,
	isTerminal,
	nextState,
	STATES,
	type State,
} from "../../shared/command/state.ts";

/** The contract, written out a second time: every pair that is allowed, and no other. */
const ALLOWED: ReadonlyArray<readonly [State, Event, State]> = [
	["accepted", "claim", "sending"],
	["accepted", "expire", "expired"],
	["accepted", "cancel", "canceled"],
	["waiting", "claim", "sending"],
	["waiting", "expire", "expired"],
	["waiting", "cancel", "canceled"],
	["sending", "retry", "waiting"],
	["sending", "park", "waiting"],
	["sending", "send", "sent"],
	["sending", "succeed", "succeeded"],
	["sending", "fail", "failed"],
	["sending", "lose", "unknown"],
	["sent", "succeed", "succeeded"],
	["sent", "fail", "failed"],
	["sent", "park", "waiting"],
	["sent", "time-out", "timed_out"],
	["timed_out", "succeed", "succeeded"],
	["timed_out", "fail", "failed"],
	["unknown", "succeed", "succeeded"],
	["unknown", "fail", "failed"],
];
const EVENTS: readonly Event[] = [
	"claim",
	"retry",
	"park",
	"send",
	"succeed",
	"fail",
	"lose",
	"time-out",
	"expire",
	"cancel",
];

describe("the state table", () => {
	for (const state of STATES) {
		it(`lets ${state} go where the contract says, and nowhere else`, () => {
			for (const event of EVENTS) {
				const allowed = ALLOWED.find(([from, on]) => from === state && on === event);
				expect(nextState(state, event), `${state} × ${event}`).toBe(allowed?.[2]);
			}
		});
	}

	it("lets a late reply alone leave a terminal state", () => {
		for (const [from, event, to] of ALLOWED) {
			if (!isTerminal(from)) continue;
			expect(["timed_out", "unknown"]).toContain(from);
			expect(["succeed", "fail"]).toContain(event);
			expect(isTerminal(to)).toBe(true);
		}
	});
});
