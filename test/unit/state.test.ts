import { describe, expect, it } from "vitest";
import {
	EVENTS,
	type Event,
	isTerminal,
	nextState,
	STATES,
	type State,
} from "../../shared/command/state.ts";

/** The contract, written out a second time: every pair that is allowed, and no other. */
const ALLOWED: ReadonlyArray<readonly [State, Event, State]> = [
	["accepted", "claim", "sending"],
	["accepted", "hold", "waiting"],
	["accepted", "fail", "failed"],
	["accepted", "expire", "expired"],
	["accepted", "cancel", "canceled"],
	["waiting", "claim", "sending"],
	["waiting", "hold", "waiting"],
	["waiting", "wake", "waiting"],
	["waiting", "fail", "failed"],
	["waiting", "lose", "unknown"],
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

describe("the state table", () => {
	for (const state of STATES) {
		it(`lets ${state} go where the contract says, and nowhere else`, () => {
			for (const event of EVENTS) {
				const allowed = ALLOWED.find(([from, on]) => from === state && on === event);
				const next = event === "note" ? state : allowed?.[2];
				expect(nextState(state, event), `${state} × ${event}`).toBe(next);
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
