import * as z from "../../../shared/zod.ts";
import { route } from "../route.ts";
import { whole } from "./common-document.ts";

const getQuota = route({
	method: "GET",
	path: "/v1/quota",
	operationId: "getQuota",
	summary: "Get the limit, and the last minute's calls by lane",
	scope: "commands:read",
	withinProducts: true,
	answers: quotaAnswers,
	handle: async (deps) => Response.json(await deps.quota()),
});

export const quotaRoutes = [getQuota];

function quotaAnswers() {
	const usage = z.object({
		granted: whole.check(z.describe("Calls that could be made")),
		used: whole.check(z.describe("Calls that were made")),
		throttled: whole.check(z.describe("Calls of these that were refused as too many")),
	});
	const quota = z.object({
		limit: z.number().check(z.describe("Calls a second of the account")),
		share: z.number().check(z.describe("How much of it is for thingcast")),
		rate: z.nullable(z.number()).check(z.describe("Calls a second that are planned with now")),
		instances: whole.check(z.describe("Instances that send")),
		lastMinute: z.extend(usage, { lanes: z.object({ interactive: usage, bulk: usage }) }),
	});
	const some = { granted: 1200, used: 1100, throttled: 3 };
	const none = { granted: 0, used: 0, throttled: 0 };
	return {
		200: {
			description: "The quota",
			schema: quota.check(z.meta({ id: "Quota" })),
			example: {
				limit: 500,
				share: 1,
				rate: 495,
				instances: 2,
				lastMinute: { ...some, lanes: { interactive: some, bulk: none } },
			},
		},
	};
}
