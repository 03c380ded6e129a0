import type { ApiAnswer } from "../command/command.ts";
import type { DeviceRef } from "../command/device.ts";

/** The port to IoT Platform, as much of it as a command needs. */
export interface IotPlatform {
	/** Never rejects for what the platform or the network did: that is the result. */
	invokeService(call: ServiceCall): Promise<CallResult>;
	/**
	 * The same to up to 100 devices of a product in one call (InvokeThingsService):
	 * asynchronous services only. The answer names no message ids.
	 */
	invokeServices(call: ServicesCall): Promise<CallResult>;
	/** The thing model (TSL) of a product, or of one of its custom modules. @throws IotError */
	thingModel(productKey: string, module: string | undefined): Promise<string>;
	/** Who a device is. @throws IotError */
	identify(device: DeviceRef): Promise<Required<DeviceRef>>;
}

/** The platform's own lists, page by page, as much of them as the registry keeps. */
export interface PlatformLists {
	/** @throws IotError, as all of them */
	products(at: ListPlace): Promise<ListPage<ListedProduct>>;
	devices(productKey: string, at: ListPlace): Promise<ListPage<ListedDevice>>;
	tags(device: DeviceRef): Promise<Readonly<Record<string, string>>>;
	/** Their ids. */
	groups(at: ListPlace): Promise<ListPage<string>>;
	devicesOfGroup(groupId: string, at: ListPlace): Promise<ListPage<NamedDevice>>;
}

/** Where a list goes on. */
export interface ListPlace {
	/** From 1. */
	readonly page: number;
	/** Where the platform gives one, as it does in long lists. */
	readonly token?: string;
}

export interface ListPage<T> {
	readonly items: readonly T[];
	/** Of the whole list. */
	readonly total: number;
	/** Absent at the end. */
	readonly next?: ListPlace;
}

export type NamedDevice = Required<Pick<DeviceRef, "productKey" | "deviceName">>;

export interface ListedProduct {
	readonly productKey: string;
	/** So many it has. */
	readonly devices: number;
}

export interface ListedDevice extends NamedDevice {
	readonly iotId?: string;
	readonly nickname?: string;
	/** `ONLINE`, `OFFLINE`, `UNACTIVE` or `DISABLE`. */
	readonly status?: string;
}

export interface ServiceCall {
	readonly device: DeviceRef;
	readonly service: string;
	/** JSON text, sent as it is. */
	readonly args: string;
	readonly qos: 0 | 1;
}

export interface ServicesCall extends Pick<ServiceCall, "service" | "args"> {
	readonly productKey: string;
	readonly deviceNames: readonly string[];
}

/** What became of one call. */
export type CallResult =
	/** The platform took it. */
	| { readonly kind: "taken"; readonly answer: ApiAnswer }
	/** The platform said no, with a code. */
	| {
			readonly kind: "refused";
			readonly code: string;
			readonly message: string;
			readonly httpStatus: number;
			readonly answer: ApiAnswer;
	  }
	/** No connection came about: nothing was sent. */
	| { readonly kind: "unreachable"; readonly code: string; readonly message: string }
	/** It cannot be made into a request at all: nothing was sent, now or later. */
	| { readonly kind: "unsendable"; readonly code: string; readonly message: string }
	/** The request left and no answer that could be read came back. */
	| { readonly kind: "lost"; readonly code: string; readonly message: string };

/** A query that the platform did not answer. */
export class IotError extends Error {
	override readonly name = "IotError";
	readonly result: Exclude<CallResult, { kind: "taken" }>;
	constructor(operation: string, result: Exclude<CallResult, { kind: "taken" }>) {
		super(`${operation}: ${result.code} ${result.message}`);
		this.result = result;
	}
}
