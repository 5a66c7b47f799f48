/** Nothing of ours: no key, and no option that somebody set for another tar. */
export const TAR_ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" };
