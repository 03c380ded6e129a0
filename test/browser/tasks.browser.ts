import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Visitor } from "./support/browser.ts";
import { type Furniture, furnish } from "./support/furnish.ts";
import { House } from "./support/house.ts";

describe("what people come for", () => {
	let house: House;
	let things: Furniture;
	let visitor: Visitor;
	beforeAll(async () => {
		house = await House.open();
		things = await furnish(house);
	});
	afterAll(() => house.close());
	beforeEach(async () => {
		visitor = await house.enter();
	});
	afterEach(async () => {
		expect(visitor.complaints).toEqual([]);
		await visitor.leave();
	});
	const button = (name: string | RegExp) => visitor.page.getByRole("button", { name });

	it("the failures, by one click on their count, and why this one failed", async () => {
		const { page } = visitor;
		await visitor.see("#/commands?since=1h");
		await page
			.getByRole("region", { name: "Commands by state" })
			.getByRole("button", { name: /^failed/ })
			.click();
		const rows = page.locator(".rows [aria-selected]");
		await expect.poll(() => rows.count()).toBe(1);
		await rows.first().click();
		await page.getByText("What to do:").waitFor();
		await page
			.getByText(/failed: .*NotExistedDevice/)
			.first()
			.waitFor();
		expect(page.url()).toContain(things.failed.id);
		await button(/Redrive/).click();
		await expect.poll(() => page.url()).not.toContain(things.failed.id);
		await page.getByText("as a redrive of").waitFor();
	});

	it("a command is sent, digit for digit, and its outcome shows by itself", async () => {
		const { page } = visitor;
		const { productKey, deviceName } = house.device(0);
		await visitor.see("#/commands");
		await button(/^Send/).click();
		await page.getByLabel("Product key").fill(productKey);
		await page.getByLabel("Device name").fill(deviceName);
		await page.getByLabel("Service", { exact: true }).last().fill("Set");
		await page.getByLabel("Arguments").fill('{"temperature": 10.0, "nothing": 9007199254740993}');
		await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
		await page.getByRole("region", { name: "Arguments" }).getByText("9007199254740993").waitFor();
		await expect
			.poll(() => page.locator(".lead .state").textContent(), { timeout: 20_000 })
			.toMatch(/succeeded|failed/);
	});

	it("a reaction is tried on its bench, and what is wrong is said", async () => {
		const { page } = visitor;
		await visitor.see(`#/reactions/${things.reaction}`);
		await button("Try it").click();
		await page.getByText("It would send this command").waitFor();
		const field = page.getByLabel(/An event of the source/);
		await field.fill('{"value": 29, "previous": 28}');
		await field.press("Control+Enter");
		await page.getByText("It sends nothing").waitFor();
		await field.fill("{");
		await button("Try it").click();
		await page.getByRole("alert").getByText("not JSON").waitFor();
	});

	it("a schedule is made, and stands in the calendar; a mistake is named by its field", async () => {
		const { page } = visitor;
		const device = house.device(0);
		await visitor.see("#/schedules");
		await button(/New/).click();
		const schedule = (cron: string) =>
			JSON.stringify({
				name: "lunch",
				when: { cron, timeZone: "Asia/Shanghai" },
				command: { device, service: "Get" },
			});
		await page.getByLabel(/^JSON/).fill(schedule("0 99 * * *"));
		await button("Create").click();
		await page.getByRole("alert").getByText("/when/cron").first().waitFor();
		await page.getByLabel(/^JSON/).fill(schedule("0 12 * * *"));
		await button("Create").click();
		await page.getByRole("heading", { level: 1, name: "lunch" }).waitFor();
		await visitor.see("#/calendar");
		const runs = page.getByRole("row", { name: /^12:00/ }).getByRole("link");
		await expect.poll(() => runs.count()).toBeGreaterThanOrEqual(6);
	});

	it("the quota is drawn, lane by lane", async () => {
		await visitor.see("#/quota");
		await expect.poll(() => visitor.page.locator(".plot canvas").count()).toBe(2);
	});

	it("an API that is away is told of, with what to do", async () => {
		const { page } = visitor;
		await page.route("**/v1/schedules*", (route) => route.fulfill({ status: 502, body: "" }));
		await visitor.see("#/commands");
		await page.evaluate(() => {
			location.hash = "#/schedules";
		});
		await page
			.getByRole("alert")
			.getByText("Try again in a few seconds")
			.waitFor({ timeout: 30_000 });
		await page.unroute("**/v1/schedules*");
		await button("Try again").click();
		await page.getByRole("grid", { name: "Schedules" }).waitFor();
	});

	it("where the function serves it, it asks for a key, keeps it for the tab, and forgets it", async () => {
		const { apiKey, http } = house.endpoints;
		const guest = await Visitor.enter(house.browser, `${http}/console`);
		const { page } = guest;
		await page.getByLabel("Key of the API").fill("a-wrong-one");
		await page.getByRole("button", { name: "Open the console" }).click();
		await page.getByRole("alert").waitFor();
		expect(await guest.accessibility()).toEqual([]);
		await page.getByLabel("Key of the API").fill(apiKey);
		await page.getByRole("button", { name: "Open the console" }).click();
		await page.getByRole("heading", { level: 1, name: "Commands" }).waitFor();
		await page.reload();
		await page.getByRole("heading", { level: 1, name: "Commands" }).waitFor();
		expect(await page.evaluate(() => localStorage.length)).toBe(0);
		await page.getByRole("button", { name: "Forget the key" }).click();
		await page.getByLabel("Key of the API").waitFor();
		expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
		expect(guest.complaints).toEqual([]);
		await guest.leave();
	});
});
