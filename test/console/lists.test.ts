import { describe, expect, it } from "vitest";
import type { Command } from "../../client/src/index.ts";
import { moved, scrollToShow, windowOf } from "../../console/app/parts/window.ts";
import { filterOf, filterWords, fixed } from "../../console/app/views/commands/filter.ts";
import { merge } from "../../console/app/views/commands/merge.ts";
import { commandOf } from "../support/api/contract-api.ts";

describe("a long list", () => {
	it("has in the page only what is in sight, and a little around it", () => {
		expect(windowOf(0, 600, 36, 100_000)).toEqual({ from: 0, to: 25 });
		const { from, to } = windowOf(36 * 50_000, 600, 36, 100_000);
		expect(from).toBeLessThan(50_000);
		expect(to).toBeGreaterThan(50_016);
		expect(to - from).toBeLessThan(40);
		expect(windowOf(36 * 99_999, 600, 36, 100_000).to).toBe(100_000);
		expect(windowOf(36 * 500, 600, 36, 3)).toEqual({ from: 3, to: 3 });
	});

	it("is walked through by the keyboard, to its ends and no farther", () => {
		expect(moved("ArrowDown", 0, 10, 4)).toBe(1);
		expect(moved("k", 0, 10, 4)).toBe(0);
		expect(moved("PageDown", 8, 10, 4)).toBe(9);
		expect(moved("End", 2, 10, 4)).toBe(9);
		expect(moved("Home", 7, 10, 4)).toBe(0);
		expect(moved("x", 7, 10, 4)).toBeUndefined();
		expect(moved("j", 0, 0, 4)).toBeUndefined();
	});

	it("shows the row that was walked to", () => {
		expect(scrollToShow(3, 0, 360, 36)).toBe(0);
		expect(scrollToShow(20, 0, 360, 36)).toBe(21 * 36 - 360);
		expect(scrollToShow(2, 720, 360, 36)).toBe(72);
	});
});

const at = (id: string, second: number, state = "sent") =>
	commandOf(id, { state, createdAt: `2026-11-24T07:00:0${second}.000Z` });
const ids = (commands: readonly Command[]) => commands.map(({ id, state }) => `${id} ${state}`);

describe("a list that the stream keeps", () => {
	const list = [at("c3", 3), at("c2", 2), at("c1", 1)];

	it("shows what has changed in its place, and what is new above", () => {
		const { items, added } = merge(list, [at("c2", 2, "succeeded"), at("c4", 4)], {});
		expect(ids(items)).toEqual(["c4 sent", "c3 sent", "c2 succeeded", "c1 sent"]);
		expect(added).toBe(1);
	});

	it("lets go what no longer matches, and takes what does now", () => {
		const changed = [at("c2", 2, "failed"), at("c5", 2, "failed")];
		expect(ids(merge(list, changed, { state: ["sent"] }).items)).toEqual(["c3 sent", "c1 sent"]);
		expect(ids(merge([], changed, { state: ["failed"] }).items)).toEqual([
			"c5 failed",
			"c2 failed",
		]);
	});

	it("leaves what is older than its last row to the next page", () => {
		expect(merge(list, [at("c0", 0)], {}).items).toEqual(list);
	});
});

describe("the filter of an address", () => {
	it("is the API's, of the last day unless it says otherwise", () => {
		expect(filterOf({})).toEqual({ since: "1d" });
		expect(filterOf({ since: "all", state: "failed,unknown,nonsense", service: " Set " })).toEqual({
			state: ["failed", "unknown"],
			service: "Set",
		});
	});

	it("is fixed in time before something is done to all that match", () => {
		const now = Date.parse("2026-11-24T07:00:00Z");
		expect(fixed({ since: "1h" }, now)).toEqual({
			since: "2026-11-24T06:00:00.000Z",
			until: "2026-11-24T07:00:00.000Z",
		});
		expect(fixed({}, now)).toEqual({ until: "2026-11-24T07:00:00.000Z" });
	});

	it("is said in words", () => {
		expect(filterWords({ state: ["failed", "timed_out"], since: "1h", service: "Set" })).toBe(
			"failed or timed out, last hour, service Set",
		);
	});
});
