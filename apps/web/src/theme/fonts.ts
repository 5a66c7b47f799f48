import localFont from "next/font/local";

/** The Latin part of each variable font, served by ourselves: nothing is fetched from anywhere, ever. */
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
  // Code appears after the first paint; a fallback adjusted for prose would be too wide for it.
  adjustFontFallback: false,
});
