import { type Cloud, type CloudOptions, type Services, startCloud } from "../local/index.ts";
import { systemClock } from "../shared/clock.ts";
import { Connection } from "../shared/table/tablestore/connection.ts";
import { createTables } from "../shared/table/tablestore/create-tables.ts";

/** What the local cloud must know of this project, beside its s.yaml. */
export const THINGCAST = {
	instance: "thingcast",
	queues: { commands: "thingcast-commands", events: "thingcast-events" },
	prepare: prepareTables,
	environment,
} as const;

export type ThingcastOptions = Omit<CloudOptions, keyof typeof THINGCAST> & {
	/** Variables for s.yaml's `${env(…)}`. */
	readonly environment?: Readonly<Record<string, string>>;
};

/** The local cloud with this project's tables, queues and variables. */
export function startThingcast({
	environment: more,
	...options
}: ThingcastOptions): Promise<Cloud> {
	return startCloud({
		...options,
		...THINGCAST,
		environment: (services) => ({ ...environment(services), ...more }),
	});
}

function environment({ apiKey, devices: [device] }: Services): Record<string, string | undefined> {
	return {
		API_KEYS: apiKey,
		EXAMPLE_PRODUCT_KEY: device?.productKey,
		EXAMPLE_DEVICE_NAME: device?.deviceName,
	};
}

/** The same code as `npm run tables`, against the local Tablestore. */
async function prepareTables(services: Services): Promise<void> {
	const connection = new Connection({
		endpoint: services.tablestore,
		instance: services.instance,
		credentials: () => services,
		clock: systemClock,
		random: Math.random,
	});
	try {
		await createTables(connection);
	} finally {
		connection.close();
	}
}
