/** The logo: parallel lines in one trunk, none crossing another. */
export function Wordmark() {
  return (
    <span className="flex items-center gap-2 text-sm font-semibold tracking-[-0.01em]">
      <svg
        aria-hidden
        viewBox="0 0 16 16"
        className="size-4"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.75"
      >
        <path d="M1.5 3.25h3.2c2 0 2.3 1.75 3.9 1.75h5.9" strokeLinecap="round" />
        <path d="M1.5 8h13" strokeLinecap="round" className="text-accent" stroke="currentColor" />
        <path d="M1.5 12.75h3.2c2 0 2.3-1.75 3.9-1.75h5.9" strokeLinecap="round" />
      </svg>
      Trunkline
    </span>
  );
}
