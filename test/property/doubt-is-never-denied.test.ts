import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Command } from "../../shared/command/command.ts";
import { createCommand } from "../../shared/command/create.ts";
import { type Move, move } from "../../shared/command/move.ts";
import { EVENTS, isTerminal } from "../../shared/command/state.ts";

const request = {
	device: { iotId: "i" },
	service: "Set",
	args: "{}",
	argsForm: "json",
	expiresIn: 60,
	replyTimeout: 60,
	onUnknown: "resend",
	whenOffline: "wait",
	lane: "bulk",
	qos: 0,
} as const;
const start = createCommand("id", 0, request, { type: "http", ref: null });
const reply = { code: 200, at: 1 };

const anyMove: fc.Arbitrary<Move> = fc
	.record({
		event: fc.constantFrom(...EVENTS),
		doubt: fc.boolean(),
		replied: fc.boolean(),
		wakes: fc.boolean(),
	})
	.map(({ event, doubt, replied, wakes }) => ({
		event,
		at: 1,
		...(event === "retry" && doubt ? { inDoubt: true as const } : {}),
		...(replied && (event === "succeed" || event === "fail") ? { reply } : {}),
		...(wakes ? { wakeAt: 2 } : {}),
		...(event === "claim" ? { lease: { owner: "w", until: 3 } } : {}),
	}));

/** States that say that the device does not have the command. */
const DENIALS: ReadonlySet<Command["state"]> = new Set(["expired", "canceled", "failed"]);

describe("a command of which an attempt may have reached the device", () => {
	it("never ends as what says that it has not, whatever happens to it and in which order", () => {
		fc.assert(
			fc.property(fc.array(anyMove, { maxLength: 30 }), (moves) => {
				let command: Command = start;
				let inDoubt = false;
				for (const one of moves) {
					const next = move(command, one);
					if (!next) continue;
					inDoubt ||= one.inDoubt === true;
					command = next;
					if (inDoubt && !command.reply) expect(DENIALS).not.toContain(command.state);
					if (isTerminal(command.state)) expect(command.wakeAt).toBeUndefined();
					if (command.state !== "sending") expect(command.lease).toBeUndefined();
				}
			}),
			{ numRuns: 20_000, seed: 1 },
		);
	});
});
