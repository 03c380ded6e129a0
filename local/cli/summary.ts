import type { Cloud } from "../cloud.ts";
import type { Endpoints } from "../endpoints.ts";

interface Shown {
	readonly virtual: boolean;
	/** Lines of a shell that belong to those of the local cloud's own variables. */
	readonly exports: readonly string[];
	readonly examples: readonly string[];
}

/** Addresses and first steps, for the person who has just started it. */
export function summary(
	{ endpoints, endpointsFile }: Cloud,
	{ virtual, exports, examples }: Shown,
): string {
	const names = ["http", "iot", "fc", "mns", "tablestore", "mqtt", "admin"] as const;
	const others = Object.entries(endpoints.functions).filter(
		([, { http }]) => http !== endpoints.http,
	);
	const [device] = endpoints.devices;
	return [
		...names.filter((name) => endpoints[name]).map((name) => row(name, endpoints[name])),
		...others.map(([name, { http }]) => row(`http ${name}`, http)),
		row(
			"devices",
			`${endpoints.devices
				.map(({ deviceName }) => deviceName)
				.slice(0, 5)
				.join(", ")} of product ${device?.productKey}`,
		),
		`  keys and all addresses: ${endpointsFile}`,
		"",
		"Paste this into another terminal; the examples of the documents use it:",
		...[variables(endpoints), ...exports].map((line) => `  ${line}`),
		"",
		...(examples.length > 0 ? ["Try:", ...examples.map((line) => `  ${line}`), ""] : []),
		...(virtual
			? [
					"Time stands still. To move it on by a minute, for instance:",
					`  curl ${endpoints.admin}/clock/advance --json '{"ms":60000}'`,
				]
			: [`To let something go wrong on purpose: curl ${endpoints.admin}`]),
		"",
		"Ctrl+C stops it; what it has accepted is there again at the next start.",
	].join("\n");
}

function variables({ http, apiKey, devices: [device], admin }: Endpoints): string {
	const values = { HTTP: http, KEY: apiKey, PK: device?.productKey, ADMIN: admin };
	const given = Object.entries(values).filter(([, value]) => value);
	return `export ${given.map(([name, value]) => `${name}=${value}`).join(" ")}`;
}

const row = (name: string, value: string) => `  ${name.padEnd(11)} ${value}`;
