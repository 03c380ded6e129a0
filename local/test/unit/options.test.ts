import { describe, expect, it } from "vitest";
import { readOptions } from "../../cli/options.ts";

describe("the options of the command", () => {
	it("have a quota for the functions and the platform, or another one for the platform", () => {
		expect(readOptions([])).toMatchObject({ quota: 500 });
		expect(readOptions(["--quota", "40"])).not.toHaveProperty("platformQuota");
		expect(readOptions(["--quota", "40", "--platform-quota", "20"])).toMatchObject({
			quota: 40,
			platformQuota: 20,
		});
	});

	it.each([
		["--quota", "0"],
		["--platform-quota", "many"],
		["--port", "70000"],
	])("%s %s is refused by name", (name, value) => {
		expect(() => readOptions([name, value])).toThrow(`${name} must be a whole number`);
	});
});
