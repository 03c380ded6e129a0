import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Visitor } from "./support/browser.ts";
import { House } from "./support/house.ts";
import { storeCommands } from "./support/many-commands.ts";

const STORED = 100_000;
const FIRST_VIEW_MS = 300;
const VIEWS = 9;
/** What is in sight, and a little around it. */
const MAX_ROWS_IN_PAGE = 60;

const IDLE_SHARE = 0.9;

describe("with 100,000 commands stored", () => {
	let house: House;
	beforeAll(async () => {
		house = await House.open();
		await storeCommands(house.endpoints, STORED);
	}, 600_000);
	afterAll(() => house.close());

	it("the first view is there within 300 ms, from a click on the address to the painted rows", async ({
		skip,
	}) => {
		const times: number[] = [];
		const answers: number[] = [];
		const shares: number[] = [];
		for (let view = 0; view < VIEWS; view++) {
			// A new profile each time: nothing is in its cache.
			const visitor = await Visitor.enter(house.browser, "about:blank");
			await visitor.page.addInitScript(rememberFirstRows);
			await visitor.page.goto(house.console.url);
			await visitor.page.waitForFunction(() => performance.getEntriesByName("rows").length > 0);
			times.push(
				await visitor.page.evaluate(() => performance.getEntriesByName("rows")[0]?.startTime ?? 0),
			);
			shares.push(processorShare());
			answers.push(await visitor.page.evaluate(listTook));
			await visitor.leave();
		}
		times.sort((left, right) => left - right);
		answers.sort((left, right) => left - right);
		const [best = 0] = times;
		const median = times[Math.floor(VIEWS / 2)] ?? 0;
		console.log(
			`first view: ${best.toFixed(0)} ms at best, ${median.toFixed(0)} ms at the median; the API's list alone: ${answers[0]?.toFixed(0)} and ${answers[Math.floor(VIEWS / 2)]?.toFixed(0)} ms`,
		);
		const share = Math.max(...shares);
		console.log(`share of a processor that one program gets here: ${share.toFixed(2)}`);
		// Where others use the machine it is they that are measured.
		skip(best > FIRST_VIEW_MS && share < IDLE_SHARE, "the machine is busy");
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

/** In the page: how long the API took for its first list. */
function listTook(): number {
	const [list] = performance
		.getEntriesByType("resource")
		.filter(({ name }) => /\/v1\/commands\?/.test(name));
	return list?.duration ?? 0;
}

const BUSY_MS = 50;

/** How much of a processor this process gets while it wants all of one. */
function processorShare(): number {
	const { user, system } = process.cpuUsage();
	const begin = performance.now();
	while (performance.now() - begin < BUSY_MS);
	const used = process.cpuUsage({ user, system });
	return (used.user + used.system) / 1000 / (performance.now() - begin);
}
