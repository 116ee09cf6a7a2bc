"""OpenCV, kept to one thread: everybody takes it from here.

A process that is forked while OpenCV has threads waits for them for ever, and pictures are shared out among processes.
"""

import cv2

cv2.setNumThreads(1)

__all__ = ["cv2"]
