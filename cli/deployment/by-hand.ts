import type { Environment } from "./environment.ts";

interface Step {
	readonly step: string;
	readonly do: string;
}

/** What the console alone can do, or this version leaves to it, in the order in which it is needed. */
export function stepsByHand(environment: Environment): readonly Step[] {
	const named = (variable: string, usual: string) => environment[variable] || usual;
	const commands = named("COMMANDS_QUEUE", "thingcast-commands");
	const queues = [
		commands,
		named("COMMANDS_DEAD_LETTER_QUEUE", `${commands}-dead-letters`),
		named("EVENTS_DEAD_LETTER_QUEUE", "thingcast-events-dead-letters"),
		named("FAILURES_QUEUE", "thingcast-failures"),
	].join(", ");
	const region = named("FC_REGION", "cn-shanghai");
	const prefix = named("FUNCTION_ROLE_PREFIX", "thingcast");
	const roles = ["http", "timer", "queue", "worker"].map((name) => `${prefix}-${name}`).join(", ");
	return [
		{
			step: "Tablestore network access",
			do: `Tablestore console, ${region}, instance, Network Management: allow access from the internet or from your VPC, and VPC access for the functions`,
		},
		{
			step: "queues",
			do: `Simple Message Queue console, ${region}, Queues, Create Queue, with the defaults: ${queues}`,
		},
		{
			step: "device messages",
			do: "IoT Platform console, the product, Server-side Subscription, Create Subscription: type MNS, with device upstream notification and device status change notification; then set EVENTS_QUEUE=aliyun-iot-<productKey>",
		},
		{
			step: `roles ${roles}`,
			do: "RAM console, Roles, Create Role for each function: trusted service fc.aliyuncs.com with docs/ram-trust-policy.json, and the function's own policy docs/ram-policy-<function>.json",
		},
		{
			step: "service-linked roles",
			do: "open the consoles of Function Compute and EventBridge once; each asks for its roles",
		},
		{ step: "functions", do: "npm run build && npx s deploy: docs/deploy.md, section 3" },
	];
}
