import type { Environment } from "./environment.ts";
import { FUNCTIONS, namesOf } from "./names.ts";

interface Step {
	readonly step: string;
	readonly do: string;
	/** Only where this part could not be made by its API. */
	readonly insteadOf?: string;
}

/**
 * What the console alone can do, in the order in which it is needed, and what
 * could not be done by an API.
 *
 * @param undone parts that could not be looked at, or not be made.
 */
export function stepsByHand(
	environment: Environment,
	undone: ReadonlySet<string>,
): readonly Step[] {
	const { region, prefix, queues, instance } = namesOf(environment);
	const roles = FUNCTIONS.map((name) => `${prefix}-${name}`).join(", ");
	const steps: readonly Step[] = [
		{
			step: "Tablestore instance",
			do: `Tablestore console, ${region}, Create Instance: ${instance}. Then Network Management of the instance: allow access from the internet, or from the VPC in which functions and this machine are; without it every call is refused`,
			insteadOf: "table",
		},
		{
			step: "queues",
			do: `Simple Message Queue console, ${region}, Queues, Create Queue, with the defaults: ${Object.values(queues).join(", ")}`,
			insteadOf: "queue",
		},
		{
			step: "device messages",
			do: "IoT Platform console, the product, Server-side Subscription, Create Subscription: type MNS, with device upstream notification and device status change notification. It asks for the role AliyunIOTAccessingMNSRole the first time",
			insteadOf: "device messages",
		},
		{
			step: `roles ${roles}`,
			do: "RAM console, Roles, Create Role for each function: trusted service fc.aliyuncs.com with docs/ram-trust-policy.json, and the function's own policy docs/ram-policy-<function>.json",
			insteadOf: "role",
		},
		{
			step: "service-linked roles",
			do: "open the consoles of Function Compute and EventBridge once; each asks for its roles",
		},
		{
			step: "where devices report to",
			do: "add EVENTS_QUEUE=aliyun-iot-<productKey> to .env",
		},
		{
			step: "functions and their log project",
			do: "npm run build && npx s deploy: docs/deploy.md, section 3",
		},
	];
	return steps.filter(({ insteadOf }) => insteadOf === undefined || undone.has(insteadOf));
}
