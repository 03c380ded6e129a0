import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Visitor } from "./support/browser.ts";
import { House } from "./support/house.ts";
import { storeCommands } from "./support/many-commands.ts";

const STORED = 100_000;
const FIRST_VIEW_MS = 300;
const VIEWS = 9;
/** What is in sight, and a little around it. */
const MAX_ROWS_IN_PAGE = 60;

describe("with 100,000 commands stored", () => {
	let house: House;
	beforeAll(async () => {
		house = await House.open();
		await storeCommands(house.endpoints, STORED);
	}, 600_000);
	afterAll(() => house.close());

	it("the first view is there within 300 ms, from a click on the address to the painted rows", async () => {
		const times: number[] = [];
		for (let view = 0; view < VIEWS; view++) {
			// A new profile each time: nothing is in its cache.
			const visitor = await Visitor.enter(house.browser, "about:blank");
			await visitor.page.addInitScript(rememberFirstRows);
			await visitor.page.goto(house.console.url);
			await visitor.page.waitForFunction(() => performance.getEntriesByName("rows").length > 0);
			times.push(
				await visitor.page.evaluate(() => performance.getEntriesByName("rows")[0]?.startTime ?? 0),
			);
			await visitor.leave();
		}
		times.sort((left, right) => left - right);
		const [best = 0] = times;
		const median = times[Math.floor(VIEWS / 2)] ?? 0;
		console.log(`first view: ${best.toFixed(0)} ms at best, ${median.toFixed(0)} ms at the median`);
		// What the machine does beside it only adds.
		expect(best).toBeLessThanOrEqual(FIRST_VIEW_MS);
	});

	it("thousands are looked through, and the page holds what is in sight", async () => {
		const visitor = await house.enter();
		const { page } = visitor;
		await visitor.see("#/commands?since=all");
		const rows = page.locator(".rows [aria-selected]");
		await page.getByRole("grid").focus();
		const last = () => rows.last().getAttribute("aria-rowindex").then(Number);
		while ((await last()) < 1_500) {
			await page.keyboard.press("End");
			expect(await rows.count()).toBeLessThan(MAX_ROWS_IN_PAGE);
		}
		await page.keyboard.press("Home");
		await expect.poll(() => rows.first().getAttribute("aria-rowindex")).toBe("2");
		expect(visitor.complaints).toEqual([]);
		await visitor.leave();
	});
});

/** Runs in the page before its own scripts: marks when the first rows have been painted. */
function rememberFirstRows(): void {
	const look = () => {
		if (!document.querySelector(".rows [aria-selected]")) {
			requestAnimationFrame(look);
			return;
		}
		// The frame after the one in which they are there has been painted.
		requestAnimationFrame(() => performance.mark("rows"));
	};
	requestAnimationFrame(look);
}
