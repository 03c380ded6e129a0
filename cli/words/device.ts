interface Named {
	readonly iotId?: string | undefined;
	readonly productKey?: string | undefined;
	readonly deviceName?: string | undefined;
}

/** `a1…/light`, or the iotId where that is all there is. */
export const deviceText = ({ iotId, productKey, deviceName }: Named): string =>
	productKey && deviceName ? `${productKey}/${deviceName}` : (deviceName ?? iotId ?? "");
