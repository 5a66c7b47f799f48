/** Of queries whose answers have forms on them: without the answers they would go, while the settings are not shown. */
export const KEPT = { gcTime: Infinity } as const;
