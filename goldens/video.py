"""Small videos by FFmpeg and images by Pillow for the tests of @mcore/video, and digests of the pixels both decode from them.

FFmpeg decodes; its planes are converted to RGB here, by the definition.

The pictures are FFmpeg's own test pattern (lavfi testsrc2). Run from the root of the repository: python goldens/video.py
"""

import hashlib
import json
import pathlib
import subprocess
import tempfile

import numpy
from PIL import Image, __version__ as pillow_version

FIXTURES = pathlib.Path(__file__).parent.parent / "packages/video/src/__fixtures__"
WIDTH, HEIGHT = 64, 36
PATTERN = ["-f", "lavfi", "-i", f"testsrc2=size={WIDTH}x{HEIGHT}:rate=25,scroll=horizontal=0.03:vertical=0.05"]
MATRICES = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
# files that name another matrix than BT.601
TAGGED = {"h264-bt709.mp4": "bt709", "hevc-hlg.mp4": "bt2020"}
# two fields of different moments in each picture; lines are then mixed with their neighbours, 1 : 2 : 1
INTERLACED = ("h264-interlaced.mp4", "h264-interlaced.mpegts")
TEN_BITS = ("h264-ten-bits.mp4", "hevc-hlg.mp4")
EXACT = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"]
H264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "12", "-threads", "1"]


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-loglevel", "error", "-y", *map(str, arguments)], check=True)


def decoded(path, pixels):
    """all frames as FFmpeg decodes them, upright, one after the other"""
    return subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", pixels, "-vsync", "passthrough", "-"],
        check=True, capture_output=True).stdout


def rgb(planes, width, height, matrix, full):
    """yuv420p to RGB with the weights of an ITU-R recommendation in 16-bit fixed point, colour samples repeated"""
    half = (height // 2, width // 2)
    y = numpy.frombuffer(planes, numpy.uint8, width * height).reshape(height, width).astype(numpy.int64)
    u, v = (numpy.frombuffer(planes, numpy.uint8, half[0] * half[1], width * height + at * half[0] * half[1])
            .reshape(half).repeat(2, 0).repeat(2, 1).astype(numpy.int64) - 128 for at in (0, 1))
    kr, kb = MATRICES[matrix]
    kg = 1 - kr - kb
    luma, chroma, black = (1, 1, 0) if full else (255 / 219, 255 / 224, 16)
    fixed = lambda weight: int(round(weight * 65536))
    light = fixed(luma) * (y - black) + 32768
    red = light + fixed(2 * (1 - kr) * chroma) * v
    green = light - fixed(2 * (1 - kb) * kb / kg * chroma) * u - fixed(2 * (1 - kr) * kr / kg * chroma) * v
    blue = light + fixed(2 * (1 - kb) * chroma) * u
    return numpy.clip(numpy.stack([red, green, blue], axis=2) >> 16, 0, 255).astype(numpy.uint8)


def frames(path, width, height):
    """one digest a frame, of its RGB bytes, upright"""
    full = path.name == "h264-full-range.mp4"
    if path.name in TEN_BITS:
        samples = numpy.frombuffer(decoded(path, "yuv420p10le"), "<u2").astype(numpy.int64)
        raw = numpy.clip((samples + 2) >> 2, 0, 255).astype(numpy.uint8).tobytes()
    else:
        raw = decoded(path, "yuvj420p" if full else "yuv420p")
    size = width * height * 3 // 2
    matrix = TAGGED.get(path.name, "bt601")
    pictures = [rgb(raw[at:at + size], width, height, matrix, full).tobytes() for at in range(0, len(raw), size)]
    if path.name in INTERLACED:
        pictures = [without_combs(picture, width, height) for picture in pictures]
    return [hashlib.sha256(picture).hexdigest()[:16] for picture in pictures]


def without_combs(picture, width, height):
    lines = numpy.frombuffer(picture, numpy.uint8).reshape(height, width, 3).astype(numpy.int64)
    padded = numpy.pad(lines, ((1, 1), (0, 0), (0, 0)), mode="edge")
    return ((padded[:-2] + 2 * lines + padded[2:] + 2) >> 2).astype(numpy.uint8).tobytes()


def images():
    """odd sizes, so that the colours, stored at half the resolution, are spread over the edges too"""
    y, x = numpy.mgrid[0:45, 0:67]
    picture = numpy.stack([x * 3 % 256, y * 5 % 256, (x * y) % 256], axis=2).astype(numpy.uint8)
    rgb = Image.fromarray(picture)
    rgb.save(FIXTURES / "half-colours.jpg", quality=85, subsampling=2)
    rgb.save(FIXTURES / "full-colours.jpg", quality=95, subsampling=0)
    rgb.convert("L").save(FIXTURES / "grey.jpg", quality=85)
    exif = Image.Exif()
    exif[274] = 6  # "turn me by 90 degrees", which Pillow leaves to the caller
    rgb.save(FIXTURES / "exif.jpg", quality=85, exif=exif)
    alpha = Image.fromarray(numpy.full((45, 67), 100, numpy.uint8))
    half = rgb.copy()
    half.putalpha(alpha)
    half.save(FIXTURES / "alpha.png")
    rgb.quantize(16).save(FIXTURES / "palette.png")
    golden = {}
    for name in ("half-colours.jpg", "full-colours.jpg", "grey.jpg", "exif.jpg", "alpha.png", "palette.png"):
        decoded = Image.open(FIXTURES / name).convert("RGB")
        digest = hashlib.sha256(decoded.tobytes()).hexdigest()[:16]
        golden[name] = {"width": decoded.width, "height": decoded.height, "digest": digest}
    return golden


def interlaced_files():
    """a pattern that moves fast, 50 moments a second, two in each of 25 pictures"""
    fast = f"testsrc2=size={WIDTH}x{HEIGHT}:rate=50,scroll=horizontal=0.11,tinterlace=interleave_top"
    file = FIXTURES / "h264-interlaced.mp4"
    ffmpeg("-f", "lavfi", "-i", fast, "-frames:v", 5, *H264, "-flags", "+ildct+ilme", "-x264-params", "interlaced=1:tff=1", *EXACT, file)
    ffmpeg("-i", file, "-c", "copy", *EXACT, "-f", "mpegts", FIXTURES / "h264-interlaced.mpegts")


def main():
    FIXTURES.mkdir(exist_ok=True)
    version = subprocess.run(["ffmpeg", "-version"], check=True, capture_output=True, text=True).stdout.split()[2]
    plain = FIXTURES / "h264-b-frames.mp4"
    ffmpeg(*PATTERN, "-frames:v", 25, *H264, "-bf", 2, "-g", 10, *EXACT, plain)
    ffmpeg("-i", plain, "-c", "copy", "-movflags", "+faststart", *EXACT, FIXTURES / "h264-faststart.mp4")
    ffmpeg("-i", plain, "-c", "copy", *EXACT, FIXTURES / "h264.mov")
    ffmpeg("-i", plain, "-c", "copy", *EXACT, "-metadata:s:v:0", "rotate=90", FIXTURES / "h264-rotated.mp4")
    ffmpeg("-i", plain, "-c", "copy", *EXACT, "-metadata:s:v:0", "rotate=180", FIXTURES / "h264-upside-down.mp4")
    ffmpeg(*PATTERN, "-frames:v", 25, "-vf", "setsar=4/3", *H264, *EXACT, FIXTURES / "h264-wide-pixels.mp4")
    ffmpeg(*PATTERN, "-frames:v", 5, *H264, "-pix_fmt", "yuvj420p", "-color_range", "pc", *EXACT, FIXTURES / "h264-full-range.mp4")
    ffmpeg(*PATTERN, "-frames:v", 5, *H264, "-pix_fmt", "yuv420p10le", *EXACT, FIXTURES / "h264-ten-bits.mp4")
    ffmpeg(*PATTERN, "-frames:v", 5, *H264, "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", *EXACT,
           FIXTURES / "h264-bt709.mp4")
    ffmpeg(*PATTERN, "-frames:v", 3, *H264, *EXACT, FIXTURES / "h264-three-frames.mp4")
    ffmpeg(*PATTERN, "-frames:v", 5, "-c:v", "libx265", "-crf", 12, "-pix_fmt", "yuv420p10le",
           "-x265-params", "log-level=error:info=0:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc", *EXACT, FIXTURES / "hevc-hlg.mp4")
    ffmpeg("-i", plain, "-c", "copy", *EXACT, "-f", "mpegts", FIXTURES / "h264.mpegts")
    interlaced_files()
    ffmpeg(*PATTERN, "-frames:v", 5, "-c:v", "mjpeg", *EXACT, FIXTURES / "mjpeg.avi")
    ffmpeg(*PATTERN, "-frames:v", 5, *EXACT, FIXTURES / "animation.gif")
    ffmpeg(*PATTERN, "-frames:v", 25, "-c:v", "libx265", "-crf", 12, "-x265-params", "log-level=error:info=0", "-pix_fmt", "yuv420p", *EXACT,
           FIXTURES / "hevc.mp4")
    ffmpeg(*PATTERN, "-frames:v", 25, "-c:v", "libvpx", "-auto-alt-ref", 1, "-lag-in-frames", 10, "-b:v", "400k", *EXACT,
           FIXTURES / "vp8-hidden-frames.webm")
    ffmpeg(*PATTERN, "-frames:v", 25, "-c:v", "libvpx-vp9", "-b:v", "300k", *EXACT, FIXTURES / "vp9.webm")
    ffmpeg(*PATTERN, "-frames:v", 5, "-c:v", "mpeg4", *EXACT, FIXTURES / "mpeg4-part-2.mp4")
    ffmpeg("-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac", *EXACT, FIXTURES / "audio-only.mp4")
    with tempfile.TemporaryDirectory() as folder:
        # a gap of four frames, so that frames are not evenly spaced
        uneven = pathlib.Path(folder) / "uneven.mkv"
        ffmpeg(*PATTERN, "-frames:v", 25, "-vf", "select='lt(n,10)+gt(n,13)'", "-vsync", "vfr", *H264, *EXACT, uneven)
        (FIXTURES / "h264-uneven.mkv").write_bytes(uneven.read_bytes())
    still = images()
    converted = list(decoded(FIXTURES / "h264-three-frames.mp4", "rgb24")[:WIDTH * HEIGHT * 3])
    sizes = {"h264-rotated.mp4": (HEIGHT, WIDTH)}
    golden = {}
    for path in sorted(FIXTURES.glob("*.m*")) + sorted(FIXTURES.glob("*.webm")):
        if path.name in ("audio-only.mp4", "mpeg4-part-2.mp4", "mjpeg.avi"):
            continue
        width, height = sizes.get(path.name, (WIDTH, HEIGHT))
        golden[path.name] = {"width": width, "height": height, "frames": frames(path, width, height)}
    about = {"script": "goldens/video.py", "ffmpeg": version, "pillow": pillow_version, "seed": None, "dtype": "uint8 rgb24"}
    (FIXTURES / "frames.json").write_text(json.dumps({"about": about, "videos": golden, "images": still, "byFfmpeg": bytes(converted).hex()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
