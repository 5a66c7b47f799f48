import localFont from "next/font/local";

/** The Latin subset of each variable font, self-hosted: nothing is loaded from elsewhere. */
export const sans = localFont({
  src: "../../node_modules/@fontsource-variable/geist/files/geist-latin-wght-normal.woff2",
  variable: "--font-geist-sans",
  weight: "100 900",
  display: "swap",
});

export const mono = localFont({
  src: "../../node_modules/@fontsource-variable/geist-mono/files/geist-mono-latin-wght-normal.woff2",
  variable: "--font-geist-mono",
  weight: "100 900",
  display: "swap",
  // Code appears after the first paint; a fallback adjusted for prose would be too wide.
  adjustFontFallback: false,
});
