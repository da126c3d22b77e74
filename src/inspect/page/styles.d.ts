/** Style sheets are imported for what they do; Vite writes them beside the code. */
declare module '*.css';
