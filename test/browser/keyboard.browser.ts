import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Visitor } from "./support/browser.ts";
import { furnish } from "./support/furnish.ts";
import { House } from "./support/house.ts";

describe("by the keyboard alone", () => {
	let house: House;
	let visitor: Visitor;
	beforeAll(async () => {
		house = await House.open();
		await furnish(house);
	});
	afterAll(() => house.close());
	beforeEach(async () => {
		visitor = await house.enter();
		await visitor.see("#/commands?since=all");
	});
	afterEach(async () => {
		expect(visitor.complaints).toEqual([]);
		await visitor.leave();
	});

	const press = async (...keys: readonly string[]) => {
		for (const key of keys) await visitor.page.keyboard.press(key);
	};
	const heading = (text: string) =>
		visitor.page.getByRole("heading", { level: 1, name: text }).waitFor();
	const hash = () => visitor.page.evaluate(() => location.hash);

	it("every view is two keys away", async () => {
		await press("g", "s");
		await heading("Schedules");
		await press("g", "w");
		await heading("Calendar");
		await press("g", "c");
		await heading("Commands");
	});

	it("a row is found, opened and left", async () => {
		await press("j", "ArrowDown", "ArrowDown", "ArrowUp");
		const marked = visitor.page.locator("[aria-selected=true]");
		expect(await marked.getAttribute("aria-rowindex")).toBe("3");
		const grid = visitor.page.getByRole("grid");
		expect(await grid.getAttribute("aria-activedescendant")).toBe(await marked.getAttribute("id"));
		await press("Enter");
		await visitor.page.getByRole("list", { name: "What happened" }).waitFor();
		expect(await hash()).toMatch(/^#\/commands\/\w{26}$/);
		await press("u");
		await heading("Commands");
	});

	it("`?` lists what can be pressed, and Escape gives the focus back", async () => {
		const button = visitor.page.getByRole("button", { name: "Send", exact: true });
		await button.focus();
		await press("?");
		const dialog = visitor.page.getByRole("dialog", { name: "Keyboard shortcuts" });
		await dialog.getByText("cancel all that match").waitFor();
		await press("Escape");
		await dialog.waitFor({ state: "detached" });
		expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
	});

	it("shortcuts of one key can be turned off, and never act while a person types", async () => {
		await press("/", "Tab");
		await press("g", "s");
		expect(await hash()).toContain("#/commands");
		expect(await visitor.page.getByLabel("Product").inputValue()).toBe("gs");
		await visitor.page.getByRole("button", { name: /Shortcuts/ }).click();
		await visitor.page.getByLabel("Shortcuts are on").uncheck();
		await press("Escape");
		await press("g", "s");
		expect(await hash()).toContain("#/commands");
	});

	it("filters are reached by `/`, and Enter applies them", async () => {
		await press("/", "Tab", "Tab", "Tab");
		await visitor.page.keyboard.type("Nothing");
		await press("Enter");
		await visitor.page.getByText("No command matches").waitFor();
		expect(await hash()).toContain("service=Nothing");
	});
});
