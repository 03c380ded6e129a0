import { describe, expect, it } from "vitest";
import { ROUTES } from "../../functions/http/document/index.ts";
import { finder } from "../../functions/http/find-routes.ts";
import { FAMILIES, type Family } from "../../functions/http/routes/index.ts";

const ID = "01KATZ5Y3RQ9K0M8V7D4N2XHBC";

/** Families that say when they are loaded. */
function watched() {
	const loads: string[] = [];
	const families = FAMILIES.map(
		(family): Family => ({
			...family,
			load: () => {
				loads.push(...family.under);
				return family.load();
			},
		}),
	);
	return { find: finder(families), loads };
}

describe("the route of a path", () => {
	it("is found for every route of the API", async () => {
		const { find } = watched();
		for (const route of ROUTES) {
			const found = await find(route.path.replace(/\{\w+\}/g, ID));
			expect([route.path, found?.routes.includes(route)]).toEqual([route.path, true]);
		}
	});

	it("loads no family but its own, and that once", async () => {
		const { find, loads } = watched();
		await Promise.all([find("/v1/jobs"), find(`/v1/jobs/${ID}`)]);
		await find("/v1/jobs/forecast");
		expect(loads).toEqual(["/v1/jobs"]);
	});

	it("prefers a path without parameters", async () => {
		const { find } = watched();
		expect((await find("/v1/jobs/forecast"))?.routes[0]?.operationId).toBe("forecastJob");
		expect((await find(`/v1/jobs/${ID}`))?.routes[0]?.operationId).toBe("getJob");
	});

	it("decodes parameters, and leaves alone what is no encoding", async () => {
		const { find } = watched();
		const paramsOf = async (path: string) => (await find(path))?.params;
		expect(await paramsOf("/v1/devices/pk/l%20mp")).toEqual({
			productKey: "pk",
			deviceName: "l mp",
		});
		expect(await paramsOf("/v1/devices/pk/100%")).toEqual({ productKey: "pk", deviceName: "100%" });
	});

	it.each(["/", "/v1", "/v1/commands/", "/v1/commandsx", `/v1/jobs/${ID}/`, "/v1/jobs//devices"])(
		"does not exist for %s",
		async (path) => {
			expect(await watched().find(path)).toBeUndefined();
		},
	);
});
