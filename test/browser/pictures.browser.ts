import { mkdirSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { furnish } from "./support/furnish.ts";
import { House } from "./support/house.ts";

/** No two runs are alike: only PICTURES=docs/pictures changes those of the repository. */
const FOLDER = process.env["PICTURES"] ?? "dist/pictures";
const MAX_BYTES = 150 * 1024;
const SIZE = { width: 1100, height: 640 };

/** Of README and docs/console.md. */
describe("the pictures", () => {
	let house: House;
	beforeAll(async () => {
		house = await House.open();
		await furnish(house);
		mkdirSync(FOLDER, { recursive: true });
	});
	afterAll(() => house.close());

	it.each(["commands"])("of %s", async (name) => {
		const visitor = await house.enter();
		await visitor.page.setViewportSize(SIZE);
		await visitor.see(`#/${name}`);
		const path = `${FOLDER}/console-${name}.png`;
		await visitor.page.screenshot({ path });
		expect(statSync(path).size).toBeLessThanOrEqual(MAX_BYTES);
		await visitor.leave();
	});
});
