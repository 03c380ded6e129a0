import type { Cloud } from "../cloud.ts";

/** Addresses and first steps, for the person who has just started it. */
export function summary(
	{ endpoints, endpointsFile }: Cloud,
	{ virtual, examples }: { readonly virtual: boolean; readonly examples: readonly string[] },
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
		...(examples.length > 0 ? ["Try:", ...examples.map((line) => `  ${line}`), ""] : []),
		...(virtual
			? [
					"Time stands still. To move it on by a minute, for instance:",
					`  curl ${endpoints.admin}/clock/advance -d '{"ms":60000}'`,
				]
			: [`To let something go wrong on purpose: curl ${endpoints.admin}`]),
		"",
		"Ctrl+C stops it; what it has accepted is there again at the next start.",
	].join("\n");
}

const row = (name: string, value: string) => `  ${name.padEnd(11)} ${value}`;
