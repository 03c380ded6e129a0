/**
 * A device as its caller named it. The platform reads `iotId` alone when both
 * are given (InvokeThingService, request parameter IotId), and so do we.
 */
export interface DeviceRef {
	readonly iotId?: string;
	readonly productKey?: string;
	readonly deviceName?: string;
}

/**
 * The one text under which a device's commands are kept: the `iotId`, or
 * `productKey/deviceName`. Neither part may contain a slash.
 */
export function deviceKey(device: DeviceRef): string {
	return device.iotId ?? `${device.productKey}/${device.deviceName}`;
}

/**
 * Whether a device is named as one of these products. By its `iotId` it is not:
 * the platform goes by that alone, and it says nothing of the product.
 */
export function isOfProducts(
	{ iotId, productKey }: DeviceRef,
	products: readonly string[],
): boolean {
	return iotId === undefined && productKey !== undefined && products.includes(productKey);
}

/** Every key under which commands of this device may be kept, the usual one first. */
export function deviceKeys({ iotId, productKey, deviceName }: DeviceRef): string[] {
	return [
		...(productKey && deviceName ? [`${productKey}/${deviceName}`] : []),
		...(iotId ? [iotId] : []),
	];
}
