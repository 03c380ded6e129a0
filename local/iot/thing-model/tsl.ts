/**
 * The Thing Specification Language, as ImportThingModelTsl takes it and
 * GetThingModelTsl gives it back (help.aliyun.com/document_detail/88250.html).
 */
export interface DataType {
	readonly type: string;
	/** An object of limits; for `struct` the list of its members. */
	readonly specs?: unknown;
}

export interface Parameter {
	readonly identifier: string;
	readonly name?: string;
	readonly dataType: DataType;
	/**
	 * The published TSL has no such field on a service's inputs, and says nothing
	 * of optional ones: here an input is required unless this is false.
	 */
	readonly required?: boolean;
}

export interface Service {
	readonly identifier: string;
	readonly name?: string;
	readonly required?: boolean;
	readonly callType: "async" | "sync";
	readonly method: string;
	readonly inputData: readonly Parameter[];
	readonly outputData: readonly Parameter[];
}

interface Property extends Parameter {
	readonly accessMode: "r" | "rw";
}

interface ThingEvent {
	readonly identifier: string;
	readonly name?: string;
	readonly type?: string;
	readonly method?: string;
	readonly outputData: readonly Parameter[];
}

/** One module of a product's thing model, with the text that was imported. */
export interface ThingModel {
	readonly text: string;
	readonly services: ReadonlyMap<string, Service>;
	readonly properties: ReadonlyMap<string, Property>;
	readonly events: ReadonlyMap<string, ThingEvent>;
}

/** Services that every product has and that are not called by InvokeThingService. */
const PROPERTY_SERVICES = new Set(["set", "get"]);

const IDENTIFIER = /^[A-Za-z0-9_]{1,50}$/;

export class InvalidThingModel extends Error {}

/** @throws InvalidThingModel with what is wrong. */
export function parseThingModel(text: string): ThingModel {
	let document: unknown;
	try {
		document = JSON.parse(text);
	} catch {
		throw new InvalidThingModel("the thing model is not JSON");
	}
	if (!isRecord(document)) throw new InvalidThingModel("the thing model is not an object");
	return {
		text,
		services: byIdentifier(listOf(document, "services").map(service)),
		properties: byIdentifier(listOf(document, "properties").map(property)),
		events: byIdentifier(listOf(document, "events").map(event)),
	};
}

function service(entry: Record<string, unknown>): Service {
	const identifier = identifierOf(entry);
	const callType = entry["callType"] ?? "async";
	if (callType !== "async" && callType !== "sync") {
		throw new InvalidThingModel(`callType of ${identifier} is neither async nor sync`);
	}
	const builtIn = PROPERTY_SERVICES.has(identifier);
	return {
		identifier,
		callType,
		method: stringOr(entry["method"], `thing.service.${identifier}`),
		required: entry["required"] === true,
		// The inputs of `get` are a list of bare identifiers.
		inputData: builtIn ? [] : listOf(entry, "inputData").map(parameter),
		outputData: builtIn ? [] : listOf(entry, "outputData").map(parameter),
	};
}

function property(entry: Record<string, unknown>): Property {
	const accessMode = entry["accessMode"] === "r" ? "r" : "rw";
	return { ...parameter(entry), accessMode };
}

function event(entry: Record<string, unknown>): ThingEvent {
	const identifier = identifierOf(entry);
	return {
		identifier,
		name: stringOr(entry["name"], identifier),
		type: stringOr(entry["type"], "info"),
		method: stringOr(entry["method"], `thing.event.${identifier}.post`),
		outputData: identifier === "post" ? [] : listOf(entry, "outputData").map(parameter),
	};
}

function parameter(entry: Record<string, unknown>): Parameter {
	const identifier = identifierOf(entry);
	const dataType = entry["dataType"];
	if (!isRecord(dataType) || typeof dataType["type"] !== "string") {
		throw new InvalidThingModel(`${identifier} has no dataType`);
	}
	return {
		identifier,
		dataType: { type: dataType["type"], specs: dataType["specs"] },
		...(typeof entry["required"] === "boolean" ? { required: entry["required"] } : {}),
	};
}

function identifierOf(entry: Record<string, unknown>): string {
	const identifier = entry["identifier"];
	if (typeof identifier !== "string" || !IDENTIFIER.test(identifier)) {
		throw new InvalidThingModel(`${JSON.stringify(identifier)} is not an identifier`);
	}
	return identifier;
}

function listOf(document: Record<string, unknown>, name: string): Record<string, unknown>[] {
	const list = document[name] ?? [];
	if (!Array.isArray(list)) throw new InvalidThingModel(`${name} is not a list`);
	return list.map((entry: unknown) => {
		if (!isRecord(entry)) throw new InvalidThingModel(`an entry of ${name} is not an object`);
		return entry;
	});
}

function byIdentifier<T extends { identifier: string }>(entries: T[]): Map<string, T> {
	return new Map(entries.map((entry) => [entry.identifier, entry]));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function stringOr(value: unknown, otherwise: string): string {
	return typeof value === "string" ? value : otherwise;
}
