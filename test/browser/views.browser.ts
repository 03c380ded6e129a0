import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scheme, Visitor } from "./support/browser.ts";
import { type Furniture, furnish } from "./support/furnish.ts";
import { House } from "./support/house.ts";

describe("every view of the console", () => {
	let house: House;
	let things: Furniture;
	beforeAll(async () => {
		house = await House.open("--devices", "3");
		things = await furnish(house);
	});
	afterAll(() => house.close());

	const views = (): readonly string[] => {
		const { productKey, deviceName } = house.device(0);
		return [
			"#/commands",
			"#/commands?state=failed&since=1h",
			"#/commands?state=expired",
			`#/commands/${things.succeeded.id}`,
			`#/commands/${things.failed.id}`,
			"#/devices",
			`#/devices/${productKey}/${deviceName}`,
			"#/jobs",
			"#/schedules",
			`#/schedules/${things.schedule}`,
			"#/calendar",
			"#/reactions",
			`#/reactions/${things.reaction}`,
			"#/quota",
			"#/dead-letters",
			"#/keys",
			"#/audit",
		];
	};
	/** What opens in front of a view, by its key. */
	const DIALOGS = [
		["#/commands", "?"],
		["#/commands", "n"],
		["#/commands", "c"],
		["#/schedules", "n"],
		["#/jobs", "n"],
		["#/keys", "n"],
	] as const;

	const at = async (scheme: Scheme, visit: (visitor: Visitor) => Promise<void>) => {
		const visitor = await house.enter(scheme);
		await visit(visitor);
		expect(visitor.complaints).toEqual([]);
		await visitor.leave();
	};

	it.each(["light", "dark"] as const)("can be used by everybody, %s", (scheme) =>
		at(scheme, async (visitor) => {
			for (const view of views()) {
				await visitor.see(view);
				expect(await visitor.accessibility(), view).toEqual([]);
				expect(await visitor.page.locator("h1").count(), view).toBe(1);
			}
			for (const [view, key] of DIALOGS) {
				await visitor.see(view);
				await visitor.page.keyboard.press(key);
				await visitor.page.locator("dialog[open]").waitFor();
				expect(await visitor.accessibility(), `${view} ${key}`).toEqual([]);
				await visitor.page.keyboard.press("Escape");
				await visitor.page.locator("dialog[open]").waitFor({ state: "detached" });
			}
		}),
	);

	it("can be used on a narrow screen", () =>
		at("light", async (visitor) => {
			await visitor.page.setViewportSize({ width: 390, height: 800 });
			for (const view of views()) {
				await visitor.see(view);
				const wide = await visitor.page.evaluate(() => document.documentElement.scrollWidth);
				expect(wide, view).toBeLessThanOrEqual(390);
				expect(await visitor.accessibility(), view).toEqual([]);
			}
		}));

	it("tells a screen reader where it is: title, landmarks, focus on the heading", () =>
		at("light", async (visitor) => {
			await visitor.see("#/schedules");
			expect(await visitor.page.title()).toBe("Schedules · thingcast");
			const focused = await visitor.page.evaluate(() => document.activeElement?.textContent);
			expect(focused).toBe("Schedules");
			for (const landmark of ["main", "nav[aria-label]", "[role=status]"]) {
				expect(await visitor.page.locator(landmark).count()).toBeGreaterThan(0);
			}
		}));
});
