"""The engines that hold a warehouse."""
