import * as z from "zod";
import { route } from "../route.ts";
import { whole } from "./common-document.ts";

const getQuota = route({
	method: "GET",
	path: "/v1/quota",
	operationId: "getQuota",
	summary: "Get the limit, and the last minute's calls by lane",
	scope: "commands:read",
	answers: quotaAnswers,
	handle: async (deps) => Response.json(await deps.quota()),
});

export const quotaRoutes = [getQuota];

function quotaAnswers() {
	const usage = z.object({
		granted: whole.describe("Calls that could be made"),
		used: whole.describe("Calls that were made"),
		throttled: whole.describe("Calls of these that were refused as too many"),
	});
	const quota = z.object({
		limit: z.number().describe("Calls a second of the account"),
		share: z.number().describe("How much of it is for thingcast"),
		rate: z.number().nullable().describe("Calls a second that are planned with now"),
		instances: whole.describe("Instances that send"),
		lastMinute: usage.extend({ lanes: z.object({ interactive: usage, bulk: usage }) }),
	});
	const some = { granted: 1200, used: 1100, throttled: 3 };
	const none = { granted: 0, used: 0, throttled: 0 };
	return {
		200: {
			description: "The quota",
			schema: quota.meta({ id: "Quota" }),
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
