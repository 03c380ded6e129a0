import { describe, expect, it } from "vitest";
import { storyOf } from "../../cli/words/story.ts";
import type { Command } from "../../client/src/index.ts";
import { commandOf } from "../support/api/contract-api.ts";

const NOW = Date.parse("2026-11-24T07:10:00.000Z");
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();
const story = (fields: object) => storyOf(commandOf("c1", fields), NOW);
const ended = (state: Command["state"], more: object = {}) =>
	story({ state, terminal: true, updatedAt: at(-590), ...more });

describe("the story of a command", () => {
	it("tells each attempt, and what it means", () => {
		const attempts = [
			{ at: at(-599), durationMs: 20, code: "iot.messagebroker.RateLimit", message: "too many" },
			{
				at: at(-598),
				durationMs: 30,
				code: "ECONNREFUSED",
				message: "no connection to IoT Platform",
			},
			{ at: at(-597), durationMs: 26, requestId: "R1" },
		];
		const reply = { code: 200, data: { level: 3 }, at: at(-596) };
		const { headline, steps, advice } = ended("succeeded", {
			attempts,
			reply,
			source: { type: "http", ref: null, by: "ops" },
		});
		expect(headline).toBe("Set on a1TEST/light succeeded, 10 s after it was accepted.");
		expect(steps.map(({ text }) => text)).toEqual([
			"accepted over HTTP, key ops",
			"attempt 1: too many calls: it did not reach the device (iot.messagebroker.RateLimit: too many) in 20 ms",
			"attempt 2: no connection to IoT Platform (ECONNREFUSED) in 30 ms",
			"attempt 3: the platform took it in 26 ms, request R1",
			'the device replied 200 with {"level":3}',
			"succeeded",
		]);
		expect(advice).toBeUndefined();
	});

	it("counts the attempts that are left out", () => {
		const attempts = Array.from({ length: 12 }, () => ({ at: at(-5), durationMs: 1 }));
		const { steps } = ended("expired", { attempts, attemptsOmitted: 40 });
		expect(steps[10]?.text).toMatch(/^attempt 10:/);
		expect(steps[11]?.text).toMatch(/^\(40 are left out here\) attempt 51:/);
		expect(steps[12]?.text).toMatch(/^attempt 52:/);
	});

	it("never says that an unknown or timed out command was not done", () => {
		for (const state of ["unknown", "timed_out"] as const) {
			const { headline, advice = "" } = ended(state);
			expect(headline).not.toMatch(/not sent|failed/);
			expect(advice).toMatch(/ask the device/);
			expect(advice).toContain("thingcast redrive c1");
		}
	});

	it.each([
		["iot.device.InactiveDevice", /--when-offline wait/],
		["iot.device.NotExistedDevice", /knows no such device/],
		["iot.common.RamActionPermissionDeny", /role/],
		["iot.common.InvalidFormattedParameter", /thing model/],
		["something.new", /thingcast redrive c1/],
	])("advises on %s", (code, advice) => {
		expect(ended("failed", { error: { code, message: "m" } }).advice).toMatch(advice);
	});

	it("says what a command waits for", () => {
		const offline = { code: "iot.messagebroker.OFFLINE", message: "offline" };
		expect(
			story({ state: "waiting", whenOffline: "wait", error: offline, expiresAt: at(3600) })
				.headline,
		).toContain("waiting for its device to come online, until it expires in 1 h");
		expect(
			story({
				state: "waiting",
				nextAt: at(60),
				attempts: [{ at: at(-1), durationMs: 1, code: "x" }],
			}).headline,
		).toContain("waiting for its next attempt, in 1 min");
		expect(story({ state: "waiting", nextAt: at(60) }).headline).toContain(
			"for its time, in 1 min",
		);
	});

	it("has a headline and an end for every state", () => {
		for (const state of ["accepted", "waiting", "sending", "sent"] as const) {
			expect(story({ state }).headline.length).toBeGreaterThan(20);
		}
		for (const state of [
			"succeeded",
			"failed",
			"timed_out",
			"expired",
			"canceled",
			"unknown",
		] as const) {
			expect(ended(state).headline.length).toBeGreaterThan(20);
			expect(ended(state).steps.at(-1)?.text).toBe(state.replace("_", " "));
		}
	});
});
