import type { Environment } from "./environment.ts";

export const FUNCTIONS = ["http", "timer", "queue", "worker"] as const;

/** What s.yaml calls things, from the variables that it reads itself. */
export function namesOf(environment: Environment) {
	const named = (variable: string, usual: string) => environment[variable] || usual;
	const commands = named("COMMANDS_QUEUE", "thingcast-commands");
	return {
		region: named("FC_REGION", "cn-shanghai"),
		instance: named("TABLESTORE_INSTANCE", "thingcast"),
		prefix: named("FUNCTION_ROLE_PREFIX", "thingcast"),
		queues: {
			commands,
			commandsDead: named("COMMANDS_DEAD_LETTER_QUEUE", "thingcast-commands-dead-letters"),
			eventsDead: named("EVENTS_DEAD_LETTER_QUEUE", "thingcast-events-dead-letters"),
			failures: named("FAILURES_QUEUE", "thingcast-failures"),
		},
	};
}

export type Names = ReturnType<typeof namesOf>;
