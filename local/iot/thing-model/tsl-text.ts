import { isRecord } from "./tsl.ts";

/** The TSL as GetThingModelTsl shows it, with the product that it belongs to. */
export function withProfile(text: string, productKey: string): string {
	const document: unknown = JSON.parse(text);
	return JSON.stringify({
		schema: "https://iotx-tsl.oss-ap-southeast-1.aliyuncs.com/schema.json",
		properties: [],
		services: [],
		events: [],
		...(isRecord(document) ? document : {}),
		profile: { productKey },
	});
}

/** `Simple=true`: identifiers and data types only, for those who write firmware. */
export function simplified(text: string): string {
	const document = JSON.parse(text) as Record<string, unknown>;
	const slim = (list: unknown, extra: readonly string[] = []): unknown =>
		Array.isArray(list)
			? list.filter(isRecord).map((entry) => {
					const kept: Record<string, unknown> = {};
					for (const name of ["identifier", "dataType", ...extra]) {
						if (entry[name] === undefined) continue;
						kept[name] = name.endsWith("Data") ? slim(entry[name]) : entry[name];
					}
					return kept;
				})
			: [];
	return JSON.stringify({
		profile: document["profile"],
		properties: slim(document["properties"]),
		services: slim(document["services"], ["inputData", "outputData"]),
		events: slim(document["events"], ["outputData"]),
	});
}
