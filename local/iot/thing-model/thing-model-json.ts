import type { Product } from "../registry.ts";
import { isRecord, type ThingModel } from "./tsl.ts";

/**
 * The other notation of a thing model, that of QueryThingModel and
 * CreateThingModel (help.aliyun.com/document_detail/150457.html): data types in
 * capitals, limits in `dataSpecs` or `dataSpecsList`, inputs as `inputParams`.
 */
type Entry = Record<string, unknown>;

/** Members are sorted by name, as the platform does. */
export function toThingModelJson(
	product: Product,
	blockId: string,
	model: ThingModel | undefined,
): string {
	const document = JSON.parse(model?.text ?? "{}") as Entry;
	const list = (name: string) =>
		Array.isArray(document[name]) ? document[name].filter(isRecord) : [];
	const { productKey } = product;
	const modules = [...product.models].filter(([id]) => id !== "");
	return JSON.stringify(
		sorted({
			productKey,
			...(blockId === "" ? {} : { identifier: blockId }),
			properties: list("properties").map((entry) => ({
				...described(entry, productKey),
				rwFlag: entry["accessMode"] === "r" ? "READ_ONLY" : "READ_WRITE",
				...dataType(entry["dataType"]),
			})),
			services: list("services")
				.filter((entry) => !isBuiltIn(entry))
				.map((entry) => ({
					...described(entry, productKey),
					callType: entry["callType"] === "sync" ? "SYNC" : "ASYNC",
					serviceName: entry["name"] ?? entry["identifier"],
					inputParams: parameters(entry["inputData"], "PARAM_INPUT"),
					outputParams: parameters(entry["outputData"], "PARAM_OUTPUT"),
				})),
			events: list("events")
				.filter((entry) => !isBuiltIn(entry))
				.map((entry) => ({
					...described(entry, productKey),
					eventName: entry["name"] ?? entry["identifier"],
					eventType: `${String(entry["type"] ?? "info").toUpperCase()}_EVENT_TYPE`,
					outputdata: parameters(entry["outputData"], "PARAM_OUTPUT"),
				})),
			...(blockId === "" && modules.length > 0
				? {
						functionBlocks: modules.map(([functionBlockId, { name }]) => ({
							productKey,
							functionBlockId,
							functionBlockName: name,
						})),
					}
				: {}),
		}),
	);
}

/** The entries of each kind, in the notation of the TSL. */
export function fromThingModelJson(document: Entry): Record<string, Entry[]> {
	const list = (name: string) => {
		const value = document[name];
		return Array.isArray(value) ? value.filter(isRecord) : [];
	};
	return {
		properties: list("properties").map((entry) => ({
			identifier: entry["identifier"],
			name: entry["name"],
			required: entry["required"] === true,
			accessMode: entry["rwFlag"] === "READ_ONLY" ? "r" : "rw",
			dataType: tslType(entry),
		})),
		services: list("services").map((entry) => ({
			identifier: entry["identifier"],
			name: entry["serviceName"] ?? entry["name"],
			required: entry["required"] === true,
			callType: String(entry["callType"] ?? "ASYNC").toLowerCase(),
			inputData: tslParameters(entry["inputParams"]),
			outputData: tslParameters(entry["outputParams"]),
		})),
		events: list("events").map((entry) => ({
			identifier: entry["identifier"],
			name: entry["eventName"] ?? entry["name"],
			type: String(entry["eventType"] ?? "INFO")
				.split("_")[0]
				?.toLowerCase(),
			required: entry["required"] === true,
			outputData: tslParameters(entry["outputdata"] ?? entry["outputData"]),
		})),
	};
}

/** The services and the event that the platform adds for properties. */
function isBuiltIn(entry: Entry): boolean {
	return String(entry["method"] ?? "").includes(".property.");
}

function described(entry: Entry, productKey: string): Entry {
	return {
		identifier: entry["identifier"],
		name: entry["name"] ?? entry["identifier"],
		required: entry["required"] === true,
		custom: true,
		productKey,
	};
}

function parameters(list: unknown, direction: string): Entry[] {
	return (Array.isArray(list) ? list.filter(isRecord) : []).map((entry, index) => ({
		identifier: entry["identifier"],
		name: entry["name"] ?? entry["identifier"],
		paramOrder: index,
		direction,
		custom: true,
		...(typeof entry["required"] === "boolean" ? { required: entry["required"] } : {}),
		...dataType(entry["dataType"]),
	}));
}

function dataType(value: unknown): Entry {
	if (!isRecord(value)) return {};
	const type = String(value["type"]).toUpperCase();
	const specs = value["specs"];
	if (type === "STRUCT") {
		const members = Array.isArray(specs) ? specs.filter(isRecord) : [];
		return {
			dataType: type,
			dataSpecsList: members.map((member) => ({
				identifier: member["identifier"],
				name: member["name"] ?? member["identifier"],
				...dataType(member["dataType"]),
			})),
		};
	}
	const limits = isRecord(specs) ? specs : {};
	if (type === "BOOL" || type === "ENUM") {
		return {
			dataType: type,
			dataSpecsList: Object.entries(limits).map(([number, name]) => ({
				dataType: type,
				name,
				value: Number(number),
			})),
		};
	}
	if (type !== "ARRAY") return { dataType: type, dataSpecs: { ...limits, dataType: type } };
	const item = dataType(limits["item"]);
	return {
		dataType: type,
		dataSpecs: {
			dataType: type,
			size: limits["size"],
			childDataType: item["dataType"],
			dataSpecs: item["dataSpecs"],
			dataSpecsList: item["dataSpecsList"],
		},
	};
}

function tslParameters(list: unknown): Entry[] {
	return (Array.isArray(list) ? list.filter(isRecord) : []).map((entry) => ({
		identifier: entry["identifier"],
		name: entry["name"],
		...(typeof entry["required"] === "boolean" ? { required: entry["required"] } : {}),
		dataType: tslType(entry),
	}));
}

function tslType(entry: Entry): Entry {
	const type = String(entry["dataType"] ?? "").toLowerCase();
	const members = Array.isArray(entry["dataSpecsList"])
		? entry["dataSpecsList"].filter(isRecord)
		: [];
	const specs = isRecord(entry["dataSpecs"]) ? entry["dataSpecs"] : {};
	if (type === "struct") {
		return {
			type,
			specs: members.map((member) => ({
				identifier: member["identifier"],
				name: member["name"],
				dataType: tslType({
					dataType: member["childDataType"] ?? member["dataType"],
					dataSpecs: member["dataSpecs"],
					dataSpecsList: member["dataSpecsList"] ?? member["childEnumSpecsList"],
				}),
			})),
		};
	}
	if (type === "bool" || type === "enum") {
		const values = members.map((member): [string, unknown] => [
			String(member["value"]),
			member["name"],
		]);
		return { type, specs: Object.fromEntries(values) };
	}
	if (type === "array") {
		const item = tslType({
			dataType: specs["childDataType"],
			dataSpecs: specs["dataSpecs"],
			dataSpecsList: specs["dataSpecsList"],
		});
		return { type, specs: { size: specs["size"], item } };
	}
	const { dataType: _ignored, ...limits } = specs;
	return { type, specs: limits };
}

function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (!isRecord(value)) return value;
	return Object.fromEntries(
		Object.keys(value)
			.toSorted()
			.map((name) => [name, sorted(value[name])]),
	);
}
