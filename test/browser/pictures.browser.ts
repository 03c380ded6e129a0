import { mkdirSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Furniture, furnish } from "./support/furnish.ts";
import { House } from "./support/house.ts";

/** No two runs are alike: only PICTURES=docs/pictures changes those of the repository. */
const FOLDER = process.env["PICTURES"] ?? "dist/pictures";
const MAX_BYTES = 150 * 1024;
const SIZE = { width: 1100, height: 640 };

/** Of README and docs/console.md. */
describe("the pictures", () => {
	let house: House;
	let things: Furniture;
	beforeAll(async () => {
		house = await House.open();
		things = await furnish(house);
		mkdirSync(FOLDER, { recursive: true });
	});
	afterAll(() => house.close());

	it.each(["commands", "command", "job"])("of %s", async (name) => {
		await expect
			.poll(async () => (await house.client.jobs.get(things.job)).state, { timeout: 30_000 })
			.toBe("paused");
		const visitor = await house.enter();
		await visitor.page.setViewportSize(SIZE);
		const views: Record<string, string> = {
			job: `#/jobs/${things.job}`,
			command: `#/commands/${things.failed.id}`,
		};
		await visitor.see(views[name] ?? "#/commands");
		if (name === "job") await visitor.page.locator(".plot canvas").waitFor();
		await visitor.page.waitForFunction(
			() => !document.querySelector("main")?.textContent.includes("·"),
		);
		const path = `${FOLDER}/console-${name}.png`;
		await visitor.page.screenshot({ path });
		expect(statSync(path).size).toBeLessThanOrEqual(MAX_BYTES);
		await visitor.leave();
	});
});
