"""A digit is taught with the pointer alone: ten buttons beside it."""

from hand import ONE, SEVEN, Hand


def buttons(hand: Hand) -> list[tuple[int, int, int, int]]:
    """Where they are on the sheet."""
    return [hand.window.sheet.bbox(f"choice{digit}") for digit in range(10)]


def press(hand: Hand, digit: int) -> None:
    left, top, right, bottom = buttons(hand)[digit]
    hand.click(((left + right) / 2, (top + bottom) / 2))


def test_a_press_on_a_button_teaches_the_digit_and_writes_nothing(hand: Hand) -> None:
    hand.write(SEVEN)
    right = (hand.readout.digits[0].digit + 3) % 10
    hand.click(SEVEN[4])
    press(hand, right)
    hand.says("Kept as a", f" {right}; ")
    hand.reads(str(right))
    assert len(hand.drawing.strokes) == 1
    assert hand.session.lessons.samples.path.exists()
    assert not any(buttons(hand)), "they are done with"


def test_a_finger_hits_them_and_they_are_whole_in_the_smallest_window(hand: Hand) -> None:
    hand.window.tk.geometry("640x420")
    hand.wait(lambda: hand.window.sheet.winfo_width() < 420)
    hand.write(SEVEN)
    hand.click(SEVEN[2])
    sheet = hand.window.sheet
    for left, top, right, bottom in buttons(hand):
        assert right - left >= 40 <= bottom - top
        assert left >= 0 <= top
        assert right <= sheet.winfo_width()
        assert bottom <= sheet.winfo_height()


def test_a_tap_beside_the_digit_is_done_with_it_and_writes_no_dot(hand: Hand) -> None:
    hand.write(SEVEN)
    hand.click(SEVEN[4])
    hand.wait(lambda: all(buttons(hand)))
    hand.click((40, 60))
    hand.wait(lambda: not any(buttons(hand)))
    assert len(hand.drawing.strokes) == 1


def test_a_digit_that_is_gone_when_the_hand_gets_there_is_not_chosen(hand: Hand) -> None:
    hand.write(SEVEN)
    hand.session.clear()  # as by a reading that comes between press and release
    hand.session.reading.choose(0)
    assert hand.session.reading.chosen is None
    assert not any(buttons(hand))


def test_who_writes_on_has_them_out_of_the_way(hand: Hand) -> None:
    hand.write(SEVEN)
    hand.click(SEVEN[4])
    hand.wait(lambda: all(buttons(hand)))
    hand.draw(ONE)
    hand.wait(lambda: not any(buttons(hand)))
    assert hand.session.reading.chosen is None
