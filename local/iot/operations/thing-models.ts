import { PlatformError } from "../errors.ts";
import { type Platform, productOf, require } from "../platform.ts";
import { DEFAULT_MODULE, type Product } from "../registry.ts";
import { fromThingModelJson, toThingModelJson } from "../thing-model/thing-model-json.ts";
import { InvalidThingModel, isRecord } from "../thing-model/tsl.ts";
import { simplified, withProfile } from "../thing-model/tsl-text.ts";
import type { Call, Operation } from "./operation.ts";

export const getThingModelTsl: Operation = {
	required: [],
	perSecond: 20,
	run({ platform, params }) {
		const product = productOf(platform, params);
		const model = moduleOf(product, params);
		const full = withProfile(model?.text ?? "{}", product.productKey);
		return { Data: { TslStr: params.get("Simple") === "true" ? simplified(full) : full } };
	},
};

export const queryThingModel: Operation = {
	required: ["ProductKey"],
	perSecond: 10,
	run({ platform, params }) {
		const product = productOf(platform, params);
		const blockId = params.get("FunctionBlockId") ?? DEFAULT_MODULE;
		const model = moduleOf(product, params);
		const json = toThingModelJson(product, blockId, model);
		return { Data: { ThingModelJson: json }, ProductKey: product.productKey };
	},
};

export const importThingModelTsl: Operation = {
	required: ["ProductKey"],
	perSecond: 5,
	run({ platform, params }) {
		replace(platform, params, require(params, "TslStr"));
		return {};
	},
};

/** Adds functions in the ThingModelJson form to the module. */
export const createThingModel: Operation = {
	required: ["ProductKey", "ThingModelJson"],
	perSecond: 10,
	run({ platform, params }: Call) {
		const product = productOf(platform, params);
		const added = fromThingModelJson(parse(require(params, "ThingModelJson")));
		const present = parse(moduleOf(product, params)?.text ?? "{}");
		const merged = Object.fromEntries(
			["properties", "services", "events"].map((kind) => {
				const old = Array.isArray(present[kind]) ? present[kind].filter(isRecord) : [];
				const fresh = added[kind] ?? [];
				const names = new Set(fresh.map((entry) => entry["identifier"]));
				return [kind, [...old.filter((entry) => !names.has(entry["identifier"])), ...fresh]];
			}),
		);
		replace(platform, params, JSON.stringify({ ...present, ...merged }));
		return {};
	},
};

/** A model is in force as soon as it is imported; publishing it changes nothing here. */
export const publishThingModel: Operation = {
	required: ["ProductKey"],
	perSecond: 10,
	run({ platform, params }) {
		productOf(platform, params);
		return {};
	},
};

function moduleOf(product: Product, params: ReadonlyMap<string, string>) {
	const blockId = params.get("FunctionBlockId") ?? DEFAULT_MODULE;
	const found = product.models.get(blockId)?.model;
	if (!found && blockId !== DEFAULT_MODULE) {
		throw new PlatformError(
			"iot.prod.QueryProductAbilitiesFailed",
			`The product has no module ${blockId}.`,
		);
	}
	return found;
}

function replace(platform: Platform, params: ReadonlyMap<string, string>, text: string): void {
	const product = productOf(platform, params);
	const id = params.get("FunctionBlockId") ?? DEFAULT_MODULE;
	try {
		platform.registry.importModel(product, text, {
			id,
			name: params.get("FunctionBlockName") ?? id,
		});
	} catch (error) {
		if (!(error instanceof InvalidThingModel)) throw error;
		throw invalid(error.message);
	}
}

function parse(text: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(text);
		if (isRecord(value)) return value;
	} catch {
		// falls through to the refusal
	}
	throw invalid("the thing model is not a JSON object");
}

const invalid = (why: string) =>
	new PlatformError("iot.common.InvalidFormattedParameter", `The thing model is invalid: ${why}.`);
