import { randomBytes } from "node:crypto";
import type { Clock } from "../clock/clock.ts";
import type { Db } from "../store/database.ts";
import { PlatformError } from "./errors.ts";
import { createTables } from "./registry-schema.ts";
import { parseThingModel, type Service, type ThingModel } from "./thing-model/tsl.ts";

export interface Product {
	readonly productKey: string;
	readonly productSecret: string;
	readonly productName: string;
	readonly nodeType: number;
	readonly dataFormat: number;
	readonly authType: string;
	readonly description: string;
	readonly createdAt: number;
	/** Modules by their id; the default module's is the empty string. */
	readonly models: Map<string, { readonly name: string; readonly model: ThingModel }>;
	deviceCount: number;
}

export interface Device {
	readonly iotId: string;
	readonly productKey: string;
	readonly deviceName: string;
	readonly deviceSecret: string;
	readonly nickname: string;
	readonly createdAt: number;
	activeAt: number | undefined;
	onlineAt: number | undefined;
	/** When the connection was last opened or closed; strictly rising. */
	statusAt: number;
	connected: boolean;
	enabled: boolean;
	clientIp: string;
	readonly tags: Map<string, string>;
}

export type DeviceStatus = "ONLINE" | "OFFLINE" | "UNACTIVE" | "DISABLE";

export const DEFAULT_MODULE = "";

/** 4 to 32 characters (help.aliyun.com/document_detail/73739.html, limits). */
const DEVICE_NAME = /^[A-Za-z0-9_@.:-]{4,32}$/;
const PRODUCT_NAME_MAX_CHARS = 30;

/** Products and devices: read from memory, written through to SQLite. */
export class Registry {
	readonly db: Db;
	readonly #clock: Clock;
	readonly #products = new Map<string, Product>();
	readonly #devices = new Map<string, Device>();
	readonly #byName = new Map<string, Device>();

	constructor(db: Db, clock: Clock) {
		this.db = db;
		this.#clock = clock;
		createTables(db);
		this.#load();
	}

	product(productKey: string): Product | undefined {
		return this.#products.get(productKey);
	}

	productByName(name: string): Product | undefined {
		return this.products().find((product) => product.productName === name);
	}

	products(): Product[] {
		return [...this.#products.values()];
	}

	device(productKey: string, deviceName: string): Device | undefined {
		return this.#byName.get(`${productKey}/${deviceName}`);
	}

	deviceById(iotId: string): Device | undefined {
		return this.#devices.get(iotId);
	}

	devices(): Iterable<Device> {
		return this.#devices.values();
	}

	statusOf(device: Device): DeviceStatus {
		if (!device.enabled) return "DISABLE";
		if (device.activeAt === undefined) return "UNACTIVE";
		return device.connected ? "ONLINE" : "OFFLINE";
	}

	/** `module:service`, or `service` of the default module. */
	service(device: Device, identifier: string): Service | undefined {
		const colon = identifier.indexOf(":");
		const module = colon < 0 ? DEFAULT_MODULE : identifier.slice(0, colon);
		const models = this.#products.get(device.productKey)?.models;
		return models?.get(module)?.model.services.get(identifier.slice(colon + 1));
	}

	createProduct(wanted: {
		productName: string;
		productKey?: string;
		nodeType?: number;
		dataFormat?: number;
		authType?: string;
		description?: string;
	}): Product {
		if (wanted.productName.length > PRODUCT_NAME_MAX_CHARS) {
			throw new PlatformError(
				"iot.prod.InvalidFormattedProductName",
				"The format of the ProductName is invalid.",
			);
		}
		if (this.productByName(wanted.productName)) {
			throw new PlatformError(
				"iot.prod.AlreadyExistedProductName",
				"The same product name already exists.",
			);
		}
		const product: Product = {
			productKey: wanted.productKey ?? `a1${randomText(9)}`,
			productSecret: randomText(16),
			productName: wanted.productName,
			nodeType: wanted.nodeType ?? 0,
			dataFormat: wanted.dataFormat ?? 1,
			authType: wanted.authType ?? "secret",
			description: wanted.description ?? "",
			createdAt: this.#clock.now(),
			models: new Map(),
			deviceCount: 0,
		};
		this.db
			.prepare("INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
			.run(
				product.productKey,
				product.productSecret,
				product.productName,
				product.nodeType,
				product.dataFormat,
				product.authType,
				product.description,
				product.createdAt,
			);
		this.#products.set(product.productKey, product);
		return product;
	}

	/** @throws InvalidThingModel */
	importModel(product: Product, text: string, block = { id: DEFAULT_MODULE, name: "" }): void {
		const model = parseThingModel(text);
		this.db
			.prepare("INSERT OR REPLACE INTO thing_models VALUES (?, ?, ?, ?)")
			.run(product.productKey, block.id, block.name, text);
		product.models.set(block.id, { name: block.name, model });
	}

	registerDevice(
		productKey: string,
		name?: string,
		nickname = "",
		keys: DeviceKeys = newDeviceKeys(),
	): Device {
		const product = this.#products.get(productKey);
		if (!product) throw noSuchProduct();
		const deviceName = name ?? randomText(20);
		if (!DEVICE_NAME.test(deviceName)) {
			throw new PlatformError(
				"iot.device.InvalidFormattedDeviceName",
				"The format of the device name is invalid.",
			);
		}
		if (this.device(productKey, deviceName)) {
			throw new PlatformError(
				"iot.device.AlreadyExistedDeviceName",
				"The device name already exists.",
			);
		}
		const now = this.#clock.now();
		const device: Device = {
			...keys,
			productKey,
			deviceName,
			nickname,
			createdAt: now,
			activeAt: undefined,
			onlineAt: undefined,
			statusAt: now,
			connected: false,
			enabled: true,
			clientIp: "",
			tags: new Map(),
		};
		this.save(device);
		this.#remember(device);
		return device;
	}

	/** Writes what may change in a device. */
	save(device: Device): void {
		this.db
			.prepare("INSERT OR REPLACE INTO devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
			.run(
				device.iotId,
				device.productKey,
				device.deviceName,
				device.deviceSecret,
				device.nickname,
				device.createdAt,
				device.activeAt ?? null,
				device.onlineAt ?? null,
				device.statusAt,
				device.connected ? 1 : 0,
				device.enabled ? 1 : 0,
				device.clientIp,
				JSON.stringify([...device.tags]),
			);
	}

	deleteDevice(device: Device): void {
		this.db.transaction(() => {
			for (const table of ["devices", "group_members", "subscriptions", "undelivered"]) {
				this.db.prepare(`DELETE FROM ${table} WHERE iot_id = ?`).run(device.iotId);
			}
		})();
		this.#devices.delete(device.iotId);
		this.#byName.delete(`${device.productKey}/${device.deviceName}`);
		const product = this.#products.get(device.productKey);
		if (product) product.deviceCount--;
	}

	#remember(device: Device): void {
		this.#devices.set(device.iotId, device);
		this.#byName.set(`${device.productKey}/${device.deviceName}`, device);
		const product = this.#products.get(device.productKey);
		if (product) product.deviceCount++;
	}

	#load(): void {
		for (const row of this.db.prepare("SELECT * FROM products").all() as Row[]) {
			this.#products.set(text(row, "product_key"), {
				productKey: text(row, "product_key"),
				productSecret: text(row, "product_secret"),
				productName: text(row, "product_name"),
				nodeType: Number(row["node_type"]),
				dataFormat: Number(row["data_format"]),
				authType: text(row, "auth_type"),
				description: text(row, "description"),
				createdAt: Number(row["created_at"]),
				models: new Map(),
				deviceCount: 0,
			});
		}
		for (const row of this.db.prepare("SELECT * FROM thing_models").all() as Row[]) {
			const model = parseThingModel(text(row, "text"));
			const name = text(row, "block_name");
			this.#products
				.get(text(row, "product_key"))
				?.models.set(text(row, "block_id"), { name, model });
		}
		for (const row of this.db.prepare("SELECT * FROM devices").all() as Row[]) {
			this.#remember({
				iotId: text(row, "iot_id"),
				productKey: text(row, "product_key"),
				deviceName: text(row, "device_name"),
				deviceSecret: text(row, "device_secret"),
				nickname: text(row, "nickname"),
				createdAt: Number(row["created_at"]),
				activeAt: optionalNumber(row["active_at"]),
				onlineAt: optionalNumber(row["online_at"]),
				statusAt: Number(row["status_at"]),
				connected: row["connected"] === 1,
				enabled: row["enabled"] === 1,
				clientIp: text(row, "client_ip"),
				tags: new Map(JSON.parse(text(row, "tags")) as Array<[string, string]>),
			});
		}
	}
}

type Row = Record<string, unknown>;

const text = (row: Row, column: string) => String(row[column]);
const optionalNumber = (value: unknown) => (value === null ? undefined : Number(value));

export const noSuchProduct = () =>
	new PlatformError("iot.prod.NotExistedProduct", "The specified product does not exist.");

/** What the platform gives a device when it is registered. */
export interface DeviceKeys {
	readonly iotId: string;
	readonly deviceSecret: string;
}

function newDeviceKeys(): DeviceKeys {
	return { iotId: `${randomText(20)}000100`, deviceSecret: randomBytes(16).toString("hex") };
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function randomText(length: number): string {
	return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
